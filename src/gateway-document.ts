import type { AllowanceDocument, BudgetDocument, GatewayDocument } from '../gateway/config/document';
import type { Catalog } from './catalog';
import type { Allowance, Budget, Policy } from './policy';

/** Renders catalog and policy as the document the gateway reads (`cdktf.out/gateway/config.json`). */
export function renderGatewayDocument(catalog: Catalog, policy: Policy): GatewayDocument {
  return {
    version: 1,
    priced_on: catalog.pricedOn,
    models: catalog.models.map((model) => ({
      name: model.name,
      display_name: model.displayName,
      context_window: model.contextWindow,
      max_output_tokens: model.maxOutputTokens,
      min_cache_tokens: model.minCacheTokens,
      supports_images: model.supportsImages,
      ...given({
        reasoning: model.reasoning,
        efforts: model.efforts,
        sampling: model.sampling,
        structured_outputs: model.structuredOutputs,
        prefill: model.prefill,
        system_turns: model.systemTurns,
      }),
      aliases: model.aliases,
      ...given({ retired_names: model.retiredNames, successor: model.successor }),
      deployments: model.deployments.map(({ provider, id, price, ...rest }) => ({
        provider,
        id,
        price: {
          input: price.input,
          output: price.output,
          cache_write: price.cacheWrite,
          ...given({ cache_write_1h: price.cacheWriteHour }),
          cache_read: price.cacheRead,
        },
        ...given({
          retires_on: rest.retiresOn,
          endpoint: rest.endpoint,
          max_tokens_field: rest.maxTokensField,
          max_image_tokens: rest.maxImageTokens,
          thoughts_field: rest.thoughtsField,
        }),
      })),
    })),
    default_level: policy.defaultLevel,
    floors: policy.floors,
    design_first: { withhold_tools: policy.designFirst.withholdTools },
    claim_max_age_days: policy.claimMaxAgeDays,
    scopes: Object.fromEntries(
      Object.entries(policy.scopes).map(([name, scope]) => [
        name,
        {
          ...renderAllowance(scope),
          models: scope.models,
          max_age_days: scope.maxAgeDays,
        },
      ]),
    ),
    owner: renderAllowance(policy.owner),
    teams: { templates: renderBudgets(policy.teams.templates), groups: renderBudgets(policy.teams.groups) },
    default_output_tokens: policy.defaultOutputTokens,
    ...given({ budget_alerts: policy.budgetAlerts }),
    time_zone: policy.timeZone,
    retention_days: policy.retentionDays,
  };
}

/** Without the members that hold nothing: the document leaves them out. */
const given = <T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

const renderBudget = ({ maxBudget, budgetDuration }: Budget): BudgetDocument => ({
  max_budget: maxBudget,
  budget_duration: budgetDuration,
});

const renderBudgets = (budgets: Readonly<Record<string, Budget>>): Record<string, BudgetDocument> =>
  Object.fromEntries(Object.entries(budgets).map(([name, budget]) => [name, renderBudget(budget)]));

const renderAllowance = (allowance: Allowance): AllowanceDocument => ({
  ...renderBudget(allowance),
  rpm_limit: allowance.rpmLimit,
  tpm_limit: allowance.tpmLimit,
  max_parallel_requests: allowance.maxParallelRequests,
});
