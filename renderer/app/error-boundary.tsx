import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { EmptyState } from './empty-state.tsx';

interface ErrorBoundaryProps {
  /** A new key forgets the error: the route. */
  readonly resetKey: string;
  readonly children: ReactNode;
}
interface ErrorBoundaryState {
  readonly error: Error | null;
  readonly resetKey: string;
}

/** A bug in one screen must not take the shell and the other screens with it. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: null, resetKey: this.props.resetKey };

  static getDerivedStateFromError(error: Error): Partial<ErrorBoundaryState> {
    return { error };
  }

  static getDerivedStateFromProps(props: ErrorBoundaryProps, state: ErrorBoundaryState): ErrorBoundaryState | null {
    return props.resetKey === state.resetKey ? null : { error: null, resetKey: props.resetKey };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    // Each browser has words of its own for it: Chromium, Firefox, Safari.
    if (/dynamically imported module|Importing a module script failed/.test(error.message)) {
      return (
        <EmptyState
          title="This screen could not be loaded"
          actions={<Button onClick={() => window.location.reload()}>Load the window again</Button>}
        >
          Its code did not come from Daybreak's engine: it may have been stopped, or brought up to date meanwhile. See
          whether it still runs, and load the window again. Nothing on any server was touched by this.
        </EmptyState>
      );
    }
    return (
      <EmptyState
        title="This screen broke"
        actions={<Button onClick={() => this.setState({ error: null })}>Show it again</Button>}
      >
        {error.message}. The other screens still work; nothing on any server was touched by this.
      </EmptyState>
    );
  }
}
