# The AI set-up: models, assistants, and the script that connects them.

locals {
  ai_wanted = data.coder_parameter.ai_assistant.value != "none"

  ai_models = {
    claude-sonnet = "claude-sonnet-4-5"
    claude-haiku  = "claude-haiku-4-5"
    claude-opus   = "claude-opus-4"
  }

  ai_model = lookup(local.ai_models, data.coder_parameter.ai_model.value, local.ai_models["claude-sonnet"])

  ai_model_infos = {
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
  }

  ai_level_descriptions = {
    unrestricted = "No rules beyond those of the model"
    standard     = "Think first, then small and explained changes"
    design-first = "A proposal and your consent before any code"
  }

  ai_instructions = local.ai_level == "unrestricted" ? "" : templatefile("${path.module}/settings/instructions.md", {
    level       = local.ai_level
    description = local.ai_level_descriptions[local.ai_level]
  })

  roo_code_settings = templatefile("${path.module}/settings/roo-code.json", {
    gateway      = data.coder_parameter.ai_gateway_url.value
    model        = local.ai_model
    model_info   = local.ai_model_infos[local.ai_model]
    instructions = local.ai_instructions
  })

  opencode_config = templatefile("${path.module}/settings/opencode.json", {
    gateway           = data.coder_parameter.ai_gateway_url.value
    model             = local.ai_model
    instruction_files = local.ai_instructions == "" ? [] : ["~/.config/opencode/enforcement.md"]
  })

  ai_gateways    = ["http://litellm:4000"]
  ai_small_model = "claude-haiku-4-5"

  ai_setup_script = join("\n", [
    "#!/usr/bin/env bash",
    "set +x",
    "claim='${local.workspace_claim}'",
    "pasted_key=$(base64 -d <<<'${base64encode(data.coder_parameter.litellm_api_key.value)}')",
    "allowed_gateways=$(base64 -d <<<'${base64encode(join("\n", local.ai_gateways))}')",
    "roo_code=$(base64 -d <<<'${base64encode(local.roo_code_settings)}')",
    "opencode=$(base64 -d <<<'${base64encode(local.opencode_config)}')",
    "opencode_guard=$(base64 -d <<<'${filebase64("${path.module}/tools/opencode")}')",
    "small_model=$(base64 -d <<<'${base64encode(local.ai_small_model)}')",
    "instructions=$(base64 -d <<<'${base64encode(local.ai_instructions)}')",
    file("${path.module}/scripts/ai-setup.sh"),
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
  value    = data.coder_parameter.ai_assistant.value
}

resource "coder_env" "ai_gateway_url" {
  count = local.ai_wanted ? 1 : 0

  agent_id = coder_agent.main.id
  name     = "AI_GATEWAY_URL"
  value    = data.coder_parameter.ai_gateway_url.value
}

resource "coder_env" "ai_model" {
  count = local.ai_wanted ? 1 : 0

  agent_id = coder_agent.main.id
  name     = "AI_MODEL"
  value    = local.ai_model
}

resource "coder_env" "ai_enforcement_level" {
  count = local.ai_wanted ? 1 : 0

  agent_id = coder_agent.main.id
  name     = "AI_ENFORCEMENT_LEVEL"
  value    = local.ai_level
}
