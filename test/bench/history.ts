import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
console.log(mkdtemp, rm, tmpdir, join);
