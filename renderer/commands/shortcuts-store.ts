import { create } from 'zustand';

export const useShortcutsDialog = create<{ readonly opened: boolean }>(() => ({ opened: false }));
export const openShortcuts = () => useShortcutsDialog.setState({ opened: true });
export const closeShortcuts = () => useShortcutsDialog.setState({ opened: false });
