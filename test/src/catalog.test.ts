import { catalog } from '../../src/catalog';
import { policy } from '../../src/policy';

test('choices, aliases and scopes name models of the catalog, once', () => {
  const names = catalog.models.map(({ name }) => name);
  const aliases = catalog.models.flatMap(({ aliases }) => aliases);
  expect(new Set([...names, ...aliases]).size).toBe(names.length + aliases.length);
  for (const { model } of catalog.choices) expect(names).toContain(model);
  for (const { models } of Object.values(policy.scopes)) {
    for (const model of models === 'all' ? [] : models) expect([...names, ...aliases]).toContain(model);
  }
  expect(names).toContain(catalog.smallModel);
  expect(catalog.choices.map(({ value }) => value)).toContain(catalog.defaultChoice);
});

test('the form says which version a choice leads to', () => {
  for (const { label, model } of catalog.choices)
    expect(label).toContain(catalog.models.find(({ name }) => name === model)?.displayName);
});

test('what a provider ends has a successor there that lasts longer', () => {
  for (const { name, deployments, successor } of catalog.models) {
    for (const { provider, retiresOn } of deployments) {
      if (retiresOn === undefined) continue;
      const heirs = catalog.models.find((model) => model.name === successor)?.deployments ?? [];
      const lasting = heirs.filter(
        (heir) => heir.provider === provider && (heir.retiresOn === undefined || heir.retiresOn > retiresOn),
      );
      expect([name, lasting.length > 0]).toEqual([name, true]);
    }
  }
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
