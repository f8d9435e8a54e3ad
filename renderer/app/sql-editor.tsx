import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { PostgreSQL, sql } from '@codemirror/lang-sql';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import { styleNonce } from '../theme/style-nonce.ts';

interface SqlEditorProps {
  readonly value: string;
  /** Left out: read only. */
  readonly onChange?: (value: string) => void;
  /** Read by screen readers as the field's name. */
  readonly label: string;
  readonly minHeight?: number;
  readonly maxHeight?: number;
}

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--db-sql-keyword)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--db-sql-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--db-sql-number)' },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], color: 'var(--db-sql-comment)', fontStyle: 'italic' },
]);

const look = EditorView.theme({
  '&': { backgroundColor: 'var(--db-bg)', color: 'var(--db-text)', fontSize: '12px' },
  '&.cm-focused': { outline: '2px solid var(--db-focus)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--db-mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--db-text)', padding: '8px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--db-text)' },
  // Without a colour of its own, which would cover the ring of the focus.
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--db-text-dim)', border: 'none' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': {
    backgroundColor: 'var(--db-accent-soft) !important',
  },
  '.cm-matchingBracket': { backgroundColor: 'var(--db-accent-soft) !important', color: 'inherit !important' },
});

/** SQL in PostgreSQL's dialect: highlighted, editable when `onChange` is given. Text never becomes markup. */
export function SqlEditor({ value, onChange, label, minHeight = 0, maxHeight }: SqlEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const changed = useRef(onChange);
  const shown = useRef(value);
  const editable = onChange !== undefined;

  useEffect(() => {
    changed.current = onChange;
    shown.current = value;
  });

  useEffect(() => {
    if (host.current === null) return undefined;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        extensions: [
          ...(styleNonce === undefined ? [] : [EditorView.cspNonce.of(styleNonce)]),
          sql({ dialect: PostgreSQL }),
          syntaxHighlighting(colours),
          look,
          EditorView.theme({ '.cm-content, .cm-gutter': { minHeight: `${minHeight}px` } }),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorState.readOnly.of(!editable),
          EditorView.editable.of(editable),
          ...(editable
            ? [lineNumbers(), bracketMatching(), history(), keymap.of([...defaultKeymap, ...historyKeymap])]
            : [EditorView.contentAttributes.of({ tabindex: '0' })]),
          EditorView.updateListener.of((update) => {
            // A value that came from outside is not a person's edit.
            const text = update.state.doc.toString();
            if (update.docChanged && text !== shown.current) changed.current?.(text);
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, [editable, label, minHeight]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value, editable, label, minHeight]);

  return (
    <div
      ref={host}
      style={{
        border: '1px solid var(--db-border)',
        borderRadius: 6,
        overflow: 'hidden',
        ...(maxHeight === undefined ? {} : { maxHeight, overflow: 'auto' }),
      }}
    />
  );
}
