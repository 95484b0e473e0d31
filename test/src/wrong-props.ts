/**
 * What users write and no type keeps from running, as they write it: what `runTemplateProgram` is given beside a name, and
 * the lines it is answered with, all of them.
 */
export const WRONG_PROPS: readonly (readonly [snippet: string, ...lines: string[]])[] = [
  // Names that are not known
  [
    '{ workspace: { offerAPIKey: false } }',
    '"workspace.offerAPIKey" is not known: did you mean "offerApiKey"?',
  ],
  [
    '{ workspace: { repository: anyHost } }',
    '"workspace.repository" is not known: did you mean "repositories"?',
  ],
  ['{ workspace: { dotfile: anyHost } }', '"workspace.dotfile" is not known: did you mean "dotfiles"?'],
  ['{ workspce: {} }', '"workspce" is not known: did you mean "workspace"?'],
  ['{ policy }', '"policy" is not known: it belongs at "workspace.policy"'],
  [
    '{ workspace: { floors: {} } }',
    '"workspace.floors" is not known: it belongs at "workspace.policy.floors"',
  ],
  ['{ workspace: { outdir: "x" } }', '"workspace.outdir" is not known: it belongs at "outdir"'],
  [
    '{ workspace: { colour: "red" } }',
    '"workspace.colour" is not known: there are "catalog", "policy", "image", "network", "trustedRepositories", "clone", "modules", "usagePage", "assistants", ' +
      '"defaultAssistant", "repositories", "dotfiles", "offerApiKey", "cpu", "memory"',
  ],
  [
    '{ workspace: { usagePage: { hosts: ["https://proxy.example.com"] } } }',
    '"workspace.usagePage.hosts" must hold names such as "coder.example.com", lower case, without "https://", port or path, got "https://proxy.example.com"',
  ],
  [
    '{ workspace: { policy: { ...policy, floor: {} } } }',
    '"workspace.policy.floor" is not known: did you mean "floors"?',
  ],
  [
    '{ workspace: { policy: { ...policy, floors: { ...policy.floors, group: {} } } } }',
    '"workspace.policy.floors.group" is not known: did you mean "groups"?',
  ],
  [
    '{ workspace: { policy: { ...policy, scopes: { ...policy.scopes, "agent:reveiw": policy.scopes.ci } } } }',
    '"workspace.policy.scopes["agent:reveiw"]" is not known: did you mean "agent:review"?',
  ],
  [
    '{ workspace: { policy: { ...policy, owner: { ...policy.owner, max_budget: 3 } } } }',
    '"workspace.policy.owner.max_budget" is not known: did you mean "maxBudget"?',
  ],
  [
    '{ workspace: { catalog: { ...catalog, defaultModel: "x" } } }',
    '"workspace.catalog.defaultModel" is not known: there are "pricedOn", "models", "choices", "defaultChoice", "smallModel"',
  ],
  [
    '{ workspace: { catalog: withModel({ contextwindow: 1 }) } }',
    '"workspace.catalog.models[0].contextwindow" is not known: did you mean "contextWindow"?',
  ],
  [
    '{ workspace: { cpu: { max: 8, default: 2, min: 1 } } }',
    '"workspace.cpu.min" is not known: there are "max", "default"',
  ],
  [
    '{ workspace: { "__proto__x": 1 } }',
    expect.stringMatching(/^"workspace\.__proto__x" is not known: there are /) as never,
  ],

  // Values of another type
  ['{ workspace: { offerApiKey: "yes" } }', '"workspace.offerApiKey" must be true or false, got "yes"'],
  [
    '{ workspace: { offerApiKey: "false" } }',
    '"workspace.offerApiKey" must be true or false, got "false": write it without quotes',
  ],
  [
    '{ workspace: { cpu: { max: "8", default: 2 } } }',
    '"workspace.cpu.max" must be a number, got "8": write it without quotes',
  ],
  ['{ workspace: { cpu: 8 } }', '"workspace.cpu" must be an object with "max", "default", got 8'],
  ['{ workspace: { memory: { max: NaN, default: 2 } } }', '"workspace.memory.max" must be a number, got NaN'],
  [
    '{ workspace: { memory: { max: Infinity, default: 2 } } }',
    '"workspace.memory.max" must be a number, got Infinity',
  ],
  ['{ workspace: { memory: { max: 8n, default: 2 } } }', '"workspace.memory.max" must be a number, got 8n'],
  [
    '{ workspace: { image: "x:1" } }',
    '"workspace.image" must be an ImageSource, got "x:1": write ImageSource.of("x:1")',
  ],
  [
    '{ workspace: { image: ImageSource } }',
    '"workspace.image" must be an ImageSource, got the class ImageSource: use one of ImageSource.of(…), ImageSource.built(…)',
  ],
  [
    '{ workspace: { image: { reference: "x:1" } } }',
    '"workspace.image" must be an ImageSource, got { reference: "x:1" }: use one of ImageSource.of(…), ImageSource.built(…)',
  ],
  [
    '{ workspace: { image: ImageSource.of(1) } }',
    '"workspace.image = ImageSource.of(reference)" must be text, got 1: put it in quotes',
  ],
  [
    '{ workspace: { image: ImageSource.built({ name: "x:1", context: { Dockerfile: "FROM x" } }) } }',
    '"workspace.image = ImageSource.built(props).context" must be a Map, got { Dockerfile: "FROM x" }: write new Map(Object.entries(…))',
  ],
  [
    '{ workspace: { image: ImageSource.built({ nam: "x:1", context: new Map() }) } }',
    '"workspace.image = ImageSource.built(props).name" is missing: it must be text (`name:tag` the image gets; another tag is another image)',
    '"workspace.image = ImageSource.built(props).nam" is not known: did you mean "name"?',
  ],
  [
    '{ workspace: { network: ImageSource.of("x:1") } }',
    '"workspace.network" must be a NetworkSource, got an ImageSource: use one of NetworkSource.existing(…), NetworkSource.perWorkspace(…)',
  ],
  [
    '{ workspace: { network: NetworkSource.perWorkspace({ intern: true }) } }',
    '"workspace.network = NetworkSource.perWorkspace(props).intern" is not known: did you mean "internal"?',
  ],
  [
    '{ workspace: { dotfiles: "git.example.com" } }',
    '"workspace.dotfiles" must be a RepositoryAddress, got "git.example.com": write RepositoryAddress.onHosts(["git.example.com"])',
  ],
  [
    '{ workspace: { dotfiles: RepositoryAddress.onHosts("git.example.com") } }',
    '"workspace.dotfiles = RepositoryAddress.onHosts(hosts)" must be a list of text, got "git.example.com": put it in [ ]',
  ],
  // Nothing must not come to mean all hosts.
  [
    '{ workspace: { dotfiles: RepositoryAddress.onHosts(undefined) } }',
    '"workspace.dotfiles = RepositoryAddress.onHosts(hosts)" is missing: it must be a list of text ' +
      '(names, lower case, with the port where it is not the usual one: `git.example.com`, `git.example.com:8443`)',
  ],
  [
    '{ workspace: { assistants: AssistantChoice.NONE } }',
    '"workspace.assistants" must be a list of AssistantChoice, got an AssistantChoice: put it in [ ]',
  ],
  [
    '{ workspace: { assistants: ["opencode"] } }',
    '"workspace.assistants[0]" must be an AssistantChoice, got "opencode": write AssistantChoice.OPENCODE',
  ],
  [
    '{ workspace: { assistants: [undefined] } }',
    '"workspace.assistants[0]" is missing: it must be an AssistantChoice',
  ],
  [
    '{ workspace: { assistants: [AssistantChoice.of({ value: "x", label: "X", description: "", assistants: [], icon: "x" })] } }',
    expect.stringMatching(
      /^"workspace\.assistants\[0\] = AssistantChoice\.of\(props\)\.icon" is not known: /,
    ) as never,
  ],
  [
    '{ workspace: { assistants: [AssistantChoice.of({ value: "x", label: "X", description: "", assistants: [{ name: "x", image: {} }] })] } }',
    '"workspace.assistants[0] = AssistantChoice.of(props).assistants[0].bind" is missing: it must be a method (says what a workspace gets)',
  ],
  [
    '{ workspace: { policy: null } }',
    '"workspace.policy" must be an object with "defaultLevel", "floors", "designFirst", "gateways", "claimMaxAgeDays", "scopes", "owner", "teams" and more, got null: leave it out for the default',
  ],
  [
    '{ workspace: { network: null } }',
    '"workspace.network" must be a NetworkSource, got null: leave it out for the default, the existing network "coder-network"',
  ],
  ['{ workspace: [] }', expect.stringMatching(/^"workspace" must be an object, got \[\]$/) as never],
  ['{ workspace: new Map() }', '"workspace" must be an object, got a Map'],
  ['{ workspace: () => ({}) }', '"workspace" must be an object, got a function workspace'],
  [
    '{ workspace: { policy: { ...policy, defaultLevel: "standart" } } }',
    '"workspace.policy.defaultLevel" must be one of "unrestricted", "standard", "design-first", got "standart": did you mean "standard"?',
  ],
  [
    '{ workspace: { policy: { ...policy, floors: { ...policy.floors, groups: { contractors: "strict" } } } } }',
    '"workspace.policy.floors.groups.contractors" must be one of "unrestricted", "standard", "design-first", got "strict"',
  ],
  [
    '{ workspace: { policy: { ...policy, floors: { ...policy.floors, groups: [["a", "standard"]] } } } }',
    '"workspace.policy.floors.groups" must be an object with one of "unrestricted", "standard", "design-first" by name, got [["a", "standard"]]',
  ],
  [
    '{ workspace: { policy: { ...policy, floors: { everyone: "standard" } } } }',
    '"workspace.policy.floors.templates" is missing: it must be an object with one of "unrestricted", "standard", "design-first" by name (by template name)',
    '"workspace.policy.floors.groups" is missing: it must be an object with one of "unrestricted", "standard", "design-first" by name (by Coder group name)',
    expect.stringMatching(/^"workspace\.policy\.floors\.people" is missing: /) as never,
  ],
  [
    '{ workspace: { policy: { ...policy, owner: { ...policy.owner, budgetDuration: "1w" } } } }',
    '"workspace.policy.owner.budgetDuration" must be one of "1d", "7d", "30d", "none", got "1w"',
  ],
  [
    '{ workspace: { policy: { ...policy, scopes: { ...policy.scopes, ci: { ...policy.scopes.ci, models: "claude-haiku" } } } } }',
    '"workspace.policy.scopes.ci.models" must be "all" or a list of text, got "claude-haiku": put it in [ ]',
  ],
  [
    '{ workspace: { policy: { ...policy, gateways: "http://litellm:4000" } } }',
    '"workspace.policy.gateways" must be a list of text, got "http://litellm:4000": put it in [ ]',
  ],
  [
    '{ workspace: { policy: { ...policy, gateways: new Set(["http://litellm:4000"]) } } }',
    '"workspace.policy.gateways" must be a list of text, got a Set: write [...set]',
  ],
  [
    '{ workspace: { catalog: withModel({ deployments: [{ provider: "antropic", id: "x", price: { input: 1, output: 1, cacheWrite: 1, cacheRead: 1 } }] }) } }',
    '"workspace.catalog.models[0].deployments[0].provider" must be one of "anthropic", "bedrock", "openai-compatible", got "antropic": did you mean "anthropic"?',
  ],
  [
    '{ workspace: { catalog: withModel({ name: undefined }) } }',
    '"workspace.catalog.models[0].name" is missing: it must be text (the name clients use at the gateway)',
  ],
  [
    '{ workspace: { get image() { throw new Error("no registry"); } } }',
    '"workspace.image" cannot be read: "no registry"',
  ],

  // Values that a rule or the gateway refuses
  [
    '{ workspace: { cpu: { max: 0, default: 0 } } }',
    '"workspace.cpu" must have whole numbers 1 ≤ default ≤ max, got { max: 0, default: 0 }',
  ],
  [
    '{ workspace: { image: ImageSource.of("x:latest") } }',
    '"workspace.image" must not use a tag that moves ("latest", "main", "stable"), got "x:latest": pin a version or a digest',
  ],
  [
    '{ workspace: { assistants: [] } }',
    '"workspace.assistants" must not be empty: use [AssistantChoice.NONE] for a template without AI',
  ],
  [
    '{ workspace: { policy: { ...policy, claimMaxAgeDays: 0 } } }',
    '"workspace.policy.claimMaxAgeDays" must be > 0, got 0',
  ],
  [
    '{ workspace: { policy: { ...policy, teams: { templates: {}, groups: { "a/b c": { maxBudget: -1, budgetDuration: "1d" } } } } } }',
    '"workspace.policy.teams.groups["a/b c"].maxBudget" must be >= 0, got -1',
  ],
  [
    '{ workspace: { policy: { ...policy, timeZone: "Mars" } } }',
    '"workspace.policy.timeZone": "Mars" is not the name of a time zone, for example UTC or Europe/Berlin',
  ],
  [
    '{ workspace: { policy: { ...policy, scopes: { ...policy.scopes, ci: { ...policy.scopes.ci, models: ["claude-haku"] } } } } }',
    '"workspace.policy.scopes.ci.models": no model is called "claude-haku"; did you mean "claude-haiku"?',
  ],
  [
    '{ workspace: { catalog: withModel({ contextWindow: 0.5 }) } }',
    '"workspace.catalog.models[0].contextWindow" must be integer, got 0.5',
    '"workspace.catalog.models[0].contextWindow" must be >= 1, got 0.5',
  ],
  [
    '{ workspace: { catalog: { ...catalog, pricedOn: "today" } } }',
    '"workspace.catalog.pricedOn" must match format "date", got "today"',
  ],
  [
    '{ workspace: { catalog: { ...catalog, smallModel: "gpt" } } }',
    expect.stringMatching(
      /^"workspace\.catalog\.smallModel" must name a model of the catalog, got "gpt": use one of "claude-sonnet-4-5", /,
    ) as never,
  ],

  // The program itself
  [
    '{ name: "" }',
    '"name" must be letters and digits joined by single hyphens, at most 31, got "": Coder takes no other',
  ],
  [
    '{ name: "../x" }',
    '"name" must be letters and digits joined by single hyphens, at most 31, got "../x": Coder takes no other',
  ],
  [
    '{ name: undefined }',
    '"name" is missing: it must be text (name of the template in Coder: up to 31 letters, digits and "-")',
  ],
  ['{ name: 5 }', '"name" must be text, got 5: put it in quotes'],
  ['{ outdir: ["a"] }', '"outdir" must be text, got ["a"]'],

  // All of it in one list
  [
    '{ name: "a b", workspace: { offerAPIKey: 1, cpu: { max: "8", default: 2 }, memory: { max: 1, default: 2 }, image: ImageSource.of("x:main"), ' +
      'policy: { ...policy, floor: 1, gateways: [], retentionDays: 0, defaultLevel: 3 }, catalog: { ...catalog, defaultChoice: "gpt" } } }',
    '"workspace.policy.defaultLevel" must be one of "unrestricted", "standard", "design-first", got 3',
    '"workspace.policy.floor" is not known: did you mean "floors"?',
    '"workspace.cpu.max" must be a number, got "8": write it without quotes',
    '"workspace.offerAPIKey" is not known: did you mean "offerApiKey"?',
    '"name" must be letters and digits joined by single hyphens, at most 31, got "a b": Coder takes no other',
    '"workspace.policy.retentionDays" must be >= 1, got 0',
    '"workspace.policy.gateways" must hold origins such as "http://litellm:4000", lower case, without a path, got []',
    '"workspace.catalog.defaultChoice" must be the value of one of its choices, got "gpt": use one of "claude-sonnet", "claude-haiku", "claude-opus"',
    '"workspace.memory" must have whole numbers 1 ≤ default ≤ max, got { max: 1, default: 2 }',
    '"workspace.image" must not use a tag that moves ("latest", "main", "stable"), got "x:main": pin a version or a digest',
  ],
];
