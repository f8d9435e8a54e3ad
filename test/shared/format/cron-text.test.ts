import { expect, test } from 'vitest';
import { cronFields, cronText } from '../../../shared/format/cron-text.ts';

test.each([
  ['30 6 * * *', 'daily at 06:30'],
  ['0 6,18 * * *', 'daily at 06:00 and 18:00'],
  ['30 6 * * 1-5', 'Mon to Fri at 06:30'],
  ['0 22 * * 0,6', 'Sat, Sun at 22:00'],
  ['0 5 1 * *', 'on day 1 of the month at 05:00'],
  ['*/15 * * * *', 'every 15 min'],
  ['5-59/20 * * * *', 'every 20 min, from :05'],
  ['5 * * * *', 'hourly at :05'],
  ['15 1-23/2 * * *', 'every 2 h from 01:15'],
  ['0 */30 6 * * *', 'daily at 06:00 and 06:30'],
  ['*/20 * * * 1-5', 'every 20 min, Mon to Fri'],
])('%s is %s', (expression, text) => {
  expect(cronText(expression)).toBe(text);
});

test.each([
  '0 6 L * *',
  '0 6 * * MON#1',
  '10 0 6 * * *',
  '0 6 * 3 *',
  '1,7,20,33,48 * * * *',
  'nonsense',
  '61 6 * * *',
])('of %s there are no words: it is shown as it stands', (expression) => {
  expect(cronText(expression)).toBe(`cron ${expression}`);
});

test('the times of a day are read out of both fields', () => {
  expect(cronFields('0,30 6-8/2 * * 1')).toMatchObject({ timesOfDay: [360, 390, 480, 510], weekday: '1' });
});
