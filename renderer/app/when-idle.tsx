import { useEffect, useState, type ReactNode } from 'react';
import { whenIdle } from '../stores/when-idle.ts';

/** Makes its content when the window has nothing else to do: dialogs that nobody has opened yet make no first screen later. */
export function WhenIdle({ children }: { readonly children: ReactNode }): ReactNode {
  const [idle, setIdle] = useState(false);
  useEffect(() => void whenIdle().then(() => setIdle(true)), []);
  return idle ? children : null;
}
