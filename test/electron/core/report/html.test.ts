import { expect, test } from 'vitest';
import { html } from '../../../../electron/core/report/html.ts';

test('statement texts cannot put markup into a report', () => {
  const text = `select '<img src=x onerror=alert(1)>' as "a&b"`;
  const page = html`<pre title="${text}">${text}</pre>
    ${[html`<b>${'<'}</b>`]}`;
  expect(page.markup).not.toContain('<img');
  expect(page.markup).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(page.markup).toContain('&quot;a&amp;b&quot;');
  expect(page.markup).toContain('<b>&lt;</b>');
});
