import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expandAsAgent } from './agent-expansion';

/** What `os.ExpandEnv` of Go 1.26.8 made of each text with this environment and no other. */
const { environment, expanded } = JSON.parse(
  readFileSync(join(__dirname, 'agent-expansion-cases.json'), 'utf8'),
) as { environment: Record<string, string>; expanded: [text: string, result: string][] };

test.each(expanded)('%j becomes %j, as by Go', (text, result) => {
  expect(expandAsAgent(text, environment)).toBe(result);
});

test('there are texts of every form', () => {
  expect(expanded.length).toBeGreaterThan(90);
});
