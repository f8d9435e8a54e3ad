/**
 * `npm run bench:open-dashboards`: what a person waits for when dashboards come out of the cache, the database being out
 * of reach (`open-dashboards/measure-opening.ts`). `npm run bench:dashboards` measures it, too.
 */
import { finish } from './gates.ts';
import { measureOpening } from './open-dashboards/measure-opening.ts';

const { gates, details } = await measureOpening();
finish('open-dashboards', gates, details);
