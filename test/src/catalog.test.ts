import { catalog } from '../../src/catalog';
import { policy } from '../../src/policy';

test('choices, aliases and scopes name models of the catalog, once', () => {
  const names = catalog.models.map(({ name }) => name);
  const aliases = catalog.models.flatMap(({ aliases }) => aliases);
  expect(new Set([...names, ...aliases]).size).toBe(names.length + aliases.length);
  for (const { model } of catalog.choices) expect(names).toContain(model);
  for (const { models } of Object.values(policy.scopes)) {
    for (const model of models === 'all' ? [] : models) expect(names).toContain(model);
  }
  expect(names).toContain(catalog.smallModel);
  expect(catalog.choices.map(({ value }) => value)).toContain(catalog.defaultChoice);
});

test('a token costs whole nano-dollars at every price', () => {
  for (const { deployments } of catalog.models) {
    for (const { price } of deployments) {
      for (const dollarsPerMillion of Object.values(price)) {
        const nano = (dollarsPerMillion as number) * 1000;
        expect(Math.abs(nano - Math.round(nano))).toBeLessThan(1e-6);
      }
    }
  }
});
