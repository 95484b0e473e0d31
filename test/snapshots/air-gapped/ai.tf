# The AI set-up: models, assistants, and the script that connects them.

locals {
  ai_off    = ["none"]
  ai_wanted = !contains(local.ai_off, data.coder_parameter.ai_assistant.value)

  ai_models = {
    claude-sonnet = "claude-sonnet-5-5"
    claude-haiku  = "claude-haiku-4-5"
    claude-opus   = "claude-opus-4"
  }

  ai_model = lookup(local.ai_models, data.coder_parameter.ai_model.value, local.ai_models["claude-sonnet"])

  ai_level_descriptions = {
    unrestricted = "No rules beyond those of the model"
    standard     = "Think first, then small and explained changes"
    design-first = "A proposal and your consent before any code"
  }

  ai_instructions = local.ai_level == "unrestricted" ? "" : templatefile("${path.module}/settings/instructions.md", {
    level       = local.ai_level
    description = local.ai_level_descriptions[local.ai_level]
  })

  ai_assistants = {
    zoo-code = ["zoo-code", "opencode"]
    opencode = ["opencode"]
    none     = []
  }

  ai_chosen = try(local.ai_assistants[data.coder_parameter.ai_assistant.value], [])

  zoo_code_settings = templatefile("${path.module}/settings/zoo-code.json", {
    gateway      = data.coder_parameter.ai_gateway_url.value
    model        = local.ai_model
    model_info   = local.roo_code_model_infos[local.ai_model]
    instructions = local.ai_instructions
  })

  roo_code_model_infos = {
    claude-sonnet-4-5 = {
      contextWindow       = 200000
      maxTokens           = 64000
      supportsImages      = true
      supportsPromptCache = true
      inputPrice          = 3
      outputPrice         = 15
      cacheWritesPrice    = 3.75
      cacheReadsPrice     = 0.3
    }
    claude-haiku-4-5 = {
      contextWindow       = 200000
      maxTokens           = 64000
      supportsImages      = true
      supportsPromptCache = true
      inputPrice          = 1
      outputPrice         = 5
      cacheWritesPrice    = 1.25
      cacheReadsPrice     = 0.1
    }
    claude-opus-4 = {
      contextWindow       = 200000
      maxTokens           = 64000
      supportsImages      = true
      supportsPromptCache = true
      inputPrice          = 5
      outputPrice         = 25
      cacheWritesPrice    = 6.25
      cacheReadsPrice     = 0.5
    }
    claude-sonnet-5-5 = {
      contextWindow       = 1000000
      maxTokens           = 128000
      supportsImages      = true
      supportsPromptCache = true
      inputPrice          = 2
      outputPrice         = 10
      cacheWritesPrice    = 2.5
      cacheReadsPrice     = 0.1
    }
    claude-opus-5-5 = {
      contextWindow       = 1000000
      maxTokens           = 128000
      supportsImages      = true
      supportsPromptCache = true
      inputPrice          = 4
      outputPrice         = 20
      cacheWritesPrice    = 5
      cacheReadsPrice     = 0.2
    }
    bedrock-claude-sonnet = {
      contextWindow       = 200000
      maxTokens           = 64000
      supportsImages      = true
      supportsPromptCache = true
      inputPrice          = 3.3
      outputPrice         = 16.5
      cacheWritesPrice    = 4.125
      cacheReadsPrice     = 0.33
    }
    bedrock-claude-haiku = {
      contextWindow       = 200000
      maxTokens           = 64000
      supportsImages      = true
      supportsPromptCache = true
      inputPrice          = 1.1
      outputPrice         = 5.5
      cacheWritesPrice    = 1.375
      cacheReadsPrice     = 0.11
    }
  }

  opencode_config = templatefile("${path.module}/settings/opencode.json", {
    gateway           = data.coder_parameter.ai_gateway_url.value
    model             = local.ai_model
    instruction_files = local.ai_instructions == "" ? [] : ["~/.config/opencode/enforcement.md"]
  })

  ai_files = [
    {
      assistants = ["zoo-code"]
      path       = ".config/roo-code/settings.json"
      text       = local.zoo_code_settings
    },
    {
      assistants = ["opencode"]
      path       = ".config/opencode/opencode.json"
      text       = local.opencode_config
    },
    {
      assistants = ["opencode"]
      path       = ".config/opencode/enforcement.md"
      text       = local.ai_instructions
    },
  ]

  ai_wanted_files = [
    for file in local.ai_files : file
    if file.text != "" && length(setintersection(file.assistants, local.ai_chosen)) > 0
  ]

  ai_gateways = ["http://ai-gateway:4000"]

  ai_setup_script = join("\n", [
    "#!/usr/bin/env bash",
    "set +x",
    "claim='${local.workspace_claim}'",
    "pasted_key=$(base64 -d <<<'${base64encode(data.coder_parameter.litellm_api_key.value)}')",
    "assistant=$(base64 -d <<<'${base64encode(data.coder_parameter.ai_assistant.value)}')",
    "gateway=$(base64 -d <<<'${base64encode(data.coder_parameter.ai_gateway_url.value)}')",
    "model='${local.ai_model}'",
    "asked_level=$(base64 -d <<<'${base64encode(data.coder_parameter.ai_enforcement_level.value)}')",
    "level='${local.ai_level}'",
    "allowed_gateways='${join(" ", local.ai_gateways)}'",
    "allowed_assistants='${join(" ", keys(local.ai_assistants))}'",
    "managed_files='${join(" ", distinct(local.ai_files[*].path))}'",
    "files='${join(" ", [for file in local.ai_wanted_files : "${file.path}=${base64gzip(file.text)}"])}'",
    "constants='${join(" ", [])}'",
    "model_members='.config/roo-code/settings.json|providerProfiles.apiConfigs|litellm-| .config/opencode/opencode.json|provider.litellm.models||small_model'",
    file("${path.module}/scripts/ai-setup/state.sh"),
    file("${path.module}/scripts/work-tree.sh"),
    file("${path.module}/scripts/bashrc-line.sh"),
    file("${path.module}/scripts/ai-setup/gateway.sh"),
    file("${path.module}/scripts/ai-setup/models.sh"),
    file("${path.module}/scripts/ai-setup/files.sh"),
    file("${path.module}/scripts/ai-setup/healing.sh"),
    file("${path.module}/scripts/ai-setup/main.sh"),
  ])
}

resource "coder_script" "ai_setup" {
  agent_id     = coder_agent.main.id
  display_name = "AI set-up"
  icon         = "/icon/widgets.svg"
  run_on_start = true
  timeout      = 120
  script       = local.ai_setup_script
}

resource "coder_env" "ai_assistant" {
  count = local.ai_wanted ? 1 : 0

  agent_id = coder_agent.main.id
  name     = "AI_ASSISTANT"
  value    = replace(data.coder_parameter.ai_assistant.value, "$", "$${WORKSPACE_DOLLAR}")
}

resource "coder_env" "ai_gateway_url" {
  count = local.ai_wanted ? 1 : 0

  agent_id = coder_agent.main.id
  name     = "AI_GATEWAY_URL"
  value    = replace(data.coder_parameter.ai_gateway_url.value, "$", "$${WORKSPACE_DOLLAR}")
}

resource "coder_env" "ai_model" {
  count = local.ai_wanted ? 1 : 0

  agent_id = coder_agent.main.id
  name     = "AI_MODEL"
  value    = replace(local.ai_model, "$", "$${WORKSPACE_DOLLAR}")
}

resource "coder_env" "ai_enforcement_level" {
  count = local.ai_wanted ? 1 : 0

  agent_id = coder_agent.main.id
  name     = "AI_ENFORCEMENT_LEVEL"
  value    = replace(local.ai_level, "$", "$${WORKSPACE_DOLLAR}")
}

locals {
  usage_page_script = join("\n", [
    "#!/usr/bin/env bash",
    "coder_url=$(base64 -d <<<'${base64encode(data.coder_workspace.me.access_url)}')",
    "hosts=''",
    "port=18480",
    file("${path.module}/scripts/usage-page.sh"),
  ])
}

resource "coder_script" "usage_page" {
  count = local.ai_wanted ? 1 : 0

  agent_id     = coder_agent.main.id
  display_name = "AI usage page"
  icon         = "/icon/widgets.svg"
  run_on_start = true
  timeout      = 60
  script       = local.usage_page_script
}

resource "coder_app" "ai_usage" {
  count = local.ai_wanted ? 1 : 0

  agent_id     = coder_agent.main.id
  slug         = "ai-usage"
  display_name = "AI usage"
  icon         = "/icon/widgets.svg"
  url          = "http://localhost:18480/"
  subdomain    = false
  share        = "owner"

  healthcheck {
    url       = "http://localhost:18480/healthz"
    interval  = 5
    threshold = 6
  }
}
