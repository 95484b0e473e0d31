import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stagesOfCall } from '../../documentation/picture/stages';
import { FOLDER, pictures } from '../../documentation/picture/way-of-a-call';

const ROOT = resolve(__dirname, '../..');

test('the committed pictures are those of the code; "npm run pictures" makes them anew', () => {
  const made = pictures();
  expect([...made.keys()].sort()).toEqual(['way-of-a-call-dark.svg', 'way-of-a-call-light.svg']);
  for (const [file, text] of made) expect(readFileSync(join(ROOT, FOLDER, file), 'utf8')).toBe(text);
});

test('stages come in the order of the pipeline, through the functions it calls, without what a refused call does', () => {
  const text = `
import { a } from './stages/first';
import { b, c } from './stages/second';
import { d } from './stages/never';
import { e } from './elsewhere';
export async function runCall() { try { await middle(); e(); } catch { d(); } finally { c(); } }
function middle() { a(); }
`;
  expect(stagesOfCall(text)).toEqual(['first', 'second']);
  const stages = stagesOfCall();
  const files = readdirSync(join(ROOT, 'gateway/stages')).map((file) => file.replace(/\.ts$/, ''));
  expect(stages.filter((stage) => !files.includes(stage))).toEqual([]);
  expect(stages.slice(0, 2)).toEqual(['authenticate', 'refuse-admission']);
  expect(stages.slice(-4)).toEqual(['relay', 'settle', 'audit', 'tell']);
});
