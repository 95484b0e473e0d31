import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHAPES } from '../../constructs/common/shape';
import { readShapes } from '../../scripts/prop-shapes/read-shapes';

test('the committed shapes are those of the interfaces; "npm run shapes" makes them anew', () => {
  const file = join(__dirname, '../../constructs/common/prop-shapes.json');
  expect(readFileSync(file, 'utf8')).toBe(`${JSON.stringify(readShapes(), null, 2)}\n`);
});

test('every shape that another names is there', () => {
  const named = [...JSON.stringify(SHAPES).matchAll(/"shape":\{"(type|value)":"(\w+)"\}/g)];
  expect(named.length).toBeGreaterThan(40);
  for (const [, kind, name] of named)
    expect([name, (name ?? '') in (kind === 'type' ? SHAPES.types : SHAPES.values)]).toEqual([name, true]);
});
