import { useEffect, useRef, useState } from 'react';

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/**
 * A file that is dropped anywhere onto the window; true while one is held over it. null: nobody takes it, and it is
 * only kept from replacing the app, as a browser would have it.
 */
export function useFileDrop(onFile: ((file: File) => void) | null): boolean {
  const [held, setHeld] = useState(false);
  const taker = useRef(onFile);
  useEffect(() => {
    taker.current = onFile;
  });
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      if (taker.current !== null) setHeld(true);
    };
    const leave = (event: DragEvent) => {
      // Between two elements of the page there is one that it goes to; out of the window there is none.
      if (event.relatedTarget === null) setHeld(false);
    };
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setHeld(false);
      const file = event.dataTransfer?.files[0];
      if (file !== undefined) taker.current?.(file);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, []);
  return held;
}
