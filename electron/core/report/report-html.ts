import { formatCount } from '../../../shared/format/count.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { exactMoment } from '../../../shared/format/freshness-label.ts';
import { formatPercent, formatPercentRange, formatTimes } from '../../../shared/format/ratio.ts';
import { findingTitle, phaseNames, type Rescue } from '../rescue/rescue-result.ts';
import { phaseTitles } from '../rescue/terminal-story.ts';
import { Html, html } from './html.ts';
import { latencySvg, timelineSvg } from './rescue-charts.ts';

const style = `
:root { color-scheme: light; --ink: #1c2430; --soft: #5b6472; --line: #dfe3ea; --accent: #b9601a; }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 1080px; padding: 40px 32px 64px; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: #fff; font-variant-numeric: tabular-nums }
h1 { font-size: 26px; margin: 0 0 4px } h2 { font-size: 18px; margin: 40px 0 8px }
p.lead { font-size: 19px; line-height: 1.45; margin: 16px 0 } .soft { color: var(--soft) }
table { border-collapse: collapse; width: 100% } th { text-align: left; color: var(--soft); font-weight: 500 }
th, td { padding: 6px 10px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top } .n { text-align: right; white-space: nowrap }
.bar { display: inline-block; height: 8px; border-radius: 4px; background: var(--accent); vertical-align: middle } .bar.none { background: #9aa3af }
.chip { display: inline-block; border: 1px solid var(--line); border-radius: 10px; padding: 0 8px; margin: 0 4px 4px 0; font-size: 13px; color: var(--soft) }
.cards { display: grid; grid-template-columns: repeat(3, 1fr); gap: 16px; margin: 24px 0 } .card { border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px }
.card b { display: block; font-size: 28px; line-height: 1.2 } pre { white-space: pre-wrap; overflow-wrap: anywhere; font: 12.5px/1.45 ui-monospace, monospace; background: #f6f7f9; border-radius: 8px; padding: 10px 12px }
svg { max-width: 100%; height: auto } details { margin: 4px 0 } summary { cursor: pointer }
@media print { body { padding: 0 } h2 { break-after: avoid } tr, .card, svg { break-inside: avoid } }`;

/** The rescue on paper: one file without scripts or outside references, readable without Daybreak. */
export function reportHtml(rescue: Rescue): string {
  const { facts, phases, verdict } = rescue;
  const { quiet, morning, after } = phases;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <title>Daybreak: the rescue of ${exactMoment(facts.startedAtMs, facts.timeZone)}</title>
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        <h1>The rescue of the demo ERP</h1>
        <div class="soft">
          ${exactMoment(facts.startedAtMs, facts.timeZone)} · ${facts.serverVersion} · ${facts.cores} cores · scale
          ${facts.scale} · ${facts.ratePerSecond} invoices a second · ${facts.managers} managers · ${facts.phaseSeconds}
          s a phase · took ${formatDuration(facts.totalSeconds * 1000)}
        </div>
        <p class="lead">${verdict.sentence}</p>
        <div class="cards">
          <div class="card">
            saving an invoice, p95, in the morning<b>${formatDuration(morning.load.save.p95Ms)}</b
            ><span class="soft"
              >${formatTimes(morning.load.save.p95Ms / quiet.load.save.p95Ms)} the quiet
              ${formatDuration(quiet.load.save.p95Ms)}</span
            >
          </div>
          <div class="card">
            after the cure, the same morning<b>${formatDuration(after.load.save.p95Ms)}</b
            ><span class="soft"
              >${formatTimes(after.load.save.p95Ms / quiet.load.save.p95Ms)} quiet;
              ${formatDuration(phases.refreshing.load.save.p95Ms)} while refreshing</span
            >
          </div>
          <div class="card">
            opening the executive dashboard<b>${formatDuration(after.load.dashboard.p50Ms)}</b
            ><span class="soft">median; ${formatDuration(morning.load.dashboard.p50Ms)} before</span>
          </div>
        </div>
        <h2>Saving an invoice</h2>
        ${new Html(latencySvg(rescue))} ${phaseTable(rescue)}
        <h2>What the server did</h2>
        ${new Html(timelineSvg(rescue))}
        <h2>Who did it</h2>
        <p>${verdict.badges.map((badge) => html`<span class="chip">${badge.text}</span>`)}</p>
        ${findingTable(rescue)}
        <h2>What was built</h2>
        ${modelTable(rescue)}
        <h2>What is left to do</h2>
        ${leftToDo(rescue)}
      </body>
    </html> `;
  return page.markup;
}

function phaseTable({ phases }: Rescue): Html {
  const rows = phaseNames.map((name) => {
    const { save, dashboard, errors, eventLoopLag } = phases[name].load;
    const loaded = dashboard.loads > 0;
    return html`<tr>
      <td>${phaseTitles[name]}</td>
      <td class="n">${formatCount(save.n)}</td>
      <td class="n">${formatDuration(save.p50Ms)}</td>
      <td class="n">${formatDuration(save.p95Ms)}</td>
      <td class="n">${formatDuration(save.p99Ms)}</td>
      <td class="n">${formatDuration(save.maxMs)}</td>
      <td class="n">${loaded ? formatCount(dashboard.loads) : '–'}</td>
      <td class="n">${loaded ? formatCount(dashboard.skipped) : '–'}</td>
      <td class="n">${loaded ? formatDuration(dashboard.p50Ms) : '–'}</td>
      <td class="n">${loaded ? formatDuration(dashboard.p95Ms) : '–'}</td>
      <td class="n">${errors.saves + errors.loads}</td>
      <td class="n">${formatDuration(eventLoopLag.p99Ms)}</td>
    </tr>`;
  });
  return html`<table>
      <thead>
        <tr>
          <th>phase</th>
          <th class="n">saves</th>
          <th class="n">median</th>
          <th class="n">p95</th>
          <th class="n">p99</th>
          <th class="n">worst</th>
          <th class="n">dashboards</th>
          <th class="n">skipped</th>
          <th class="n">median</th>
          <th class="n">p95</th>
          <th class="n">errors</th>
          <th class="n">driver lag p99</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
    <p class="soft">
      Latency is measured from the moment a save was meant to start, so that waiting in a queue counts. A dashboard load
      is the time of all its widgets; a skipped one is a manager who was still waiting for the last.
    </p>`;
}

function findingTable({ verdict, widgetTitles }: Rescue): Html {
  const rows = verdict.findings.map(
    (finding) =>
      html`<tr>
        <td>
          <strong>${findingTitle(finding, widgetTitles)}</strong>
          <details>
            <summary class="soft">statement ${finding.statement.queryid ?? ''}</summary>
            <pre>${finding.statement.text ?? 'its text was not seen'}</pre>
          </details>
        </td>
        <td class="n">
          ${formatPercent(finding.blameShare)}<br /><span class="soft"
            >${formatPercentRange(finding.blameInterval)}</span
          >
        </td>
        <td><span class="bar" style="width:${Math.max(2, Math.round(finding.blameShare * 140))}px"></span></td>
        <td>${finding.grade}</td>
        <td>${finding.evidence.map((evidence) => html`<div>${evidence.text}</div>`)}</td>
        <td>${finding.runBy.join(', ')}</td>
        <td class="n">${formatCount(finding.calls)}</td>
        <td class="n">${finding.meanMs === null ? '–' : formatDuration(finding.meanMs)}</td>
      </tr>`,
  );
  return html`<table>
      <thead>
        <tr>
          <th>statement</th>
          <th class="n">blame</th>
          <th></th>
          <th>grade</th>
          <th>evidence</th>
          <th>run by</th>
          <th class="n">runs</th>
          <th class="n">mean</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
        <tr>
          <td class="soft">unexplained</td>
          <td class="n">${formatPercent(verdict.unexplainedShare)}</td>
          <td>
            <span class="bar none" style="width:${Math.max(2, Math.round(verdict.unexplainedShare * 140))}px"></span>
          </td>
          <td></td>
          <td class="soft" colspan="4">damage that no sampled activity accounts for</td>
        </tr>
      </tbody>
    </table>
    <p class="soft">
      Grade B is direct evidence: the statement held a resource that the victims were waiting for. C is statistical, D a
      coincidence in time.
    </p>`;
}

function modelTable({ readModels, widgetTitles, facts }: Rescue): Html {
  if (readModels.length === 0) return html`<p>Nothing: no culprit was found that a read model would cure.</p>`;
  const rows = readModels.map(
    (model) =>
      html`<tr>
        <td><strong>${model.name}</strong></td>
        <td>${widgetTitles.get(model.widget) ?? model.widget}</td>
        <td class="n">${model.version}</td>
        <td class="n">${formatCount(model.rows)}</td>
        <td>equal to the widget’s own query</td>
        <td class="n">${formatDuration(model.tookMs)}</td>
        <td>${model.asOf === '' ? '–' : exactMoment(Date.parse(model.asOf), facts.timeZone)}</td>
      </tr>`,
  );
  return html`<table>
    <thead>
      <tr>
        <th>read model</th>
        <th>answers</th>
        <th class="n">version</th>
        <th class="n">rows</th>
        <th>proven</th>
        <th class="n">built in</th>
        <th>as of</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function leftToDo({ leftAlone, verdict }: Rescue): Html {
  const items = leftAlone.map(({ title, reason }) => html`<li>${title}: ${reason}.</li>`);
  if (verdict.unexplainedShare >= 0.05) {
    items.push(
      html`<li>
        ${formatPercent(verdict.unexplainedShare)} of the damage is not explained by what was sampled: the saves' own
        work, and waiting that shows in no sample.
      </li>`,
    );
  }
  items.push(
    html`<li>Give every read model a refresh in time for its budget; until then each number says how old it is.</li>`,
  );
  return html`<ul>
    ${items}
  </ul>`;
}
