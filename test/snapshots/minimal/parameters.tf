# The workspace form.

data "coder_parameter" "ai_assistant" {
  name         = "ai_assistant"
  display_name = "AI Coding Agent"
  description  = "Who helps you. It comes up with its own key; nothing to enter."
  type         = "string"
  form_type    = "radio"
  default      = "opencode"
  mutable      = true
  icon         = "/icon/widgets.svg"
  order        = 1

  option {
    name        = "OpenCode"
    value       = "opencode"
    description = "OpenCode in the terminal"
  }
  option {
    name        = "None"
    value       = "none"
    description = "No AI in this workspace"
  }
}

data "coder_parameter" "ai_model" {
  name         = "ai_model"
  display_name = "AI Model"
  description  = "The model to begin with. You can change it in the assistant."
  type         = "string"
  form_type    = "dropdown"
  default      = "claude-sonnet"
  mutable      = true
  icon         = "/icon/widgets.svg"
  order        = 2

  option {
    name        = "Claude Sonnet 5.5 (balanced)"
    value       = "claude-sonnet"
    description = "Good for most coding tasks"
  }
  option {
    name        = "Claude Haiku 4.5 (fast)"
    value       = "claude-haiku"
    description = "Quick answers at the lowest cost"
  }
  option {
    name        = "Claude Opus 4.5 (advanced)"
    value       = "claude-opus"
    description = "Architecture and hard problems, at the highest cost"
  }
}

data "coder_parameter" "ai_enforcement_level" {
  name         = "ai_enforcement_level"
  display_name = "AI Behavior Mode"
  description  = "How the assistant works. Your organisation may ask for a stricter mode than you choose."
  type         = "string"
  form_type    = "radio"
  default      = "standard"
  mutable      = true
  icon         = "/icon/widgets.svg"
  order        = 3

  option {
    name        = "Unrestricted"
    value       = "unrestricted"
    description = "No rules beyond those of the model"
  }
  option {
    name        = "Standard"
    value       = "standard"
    description = "Think first, then small and explained changes"
  }
  option {
    name        = "Design first"
    value       = "design-first"
    description = "A proposal and your consent before any code"
  }
}

data "coder_parameter" "cpu" {
  name         = "cpu"
  display_name = "CPU cores"
  description  = "Processors of the workspace."
  type         = "number"
  form_type    = "slider"
  default      = "2"
  mutable      = true
  icon         = "/icon/memory.svg"
  order        = 4

  validation {
    min   = 1
    max   = 4
    error = "A whole number from 1 to 4."
  }
}

data "coder_parameter" "memory" {
  name         = "memory"
  display_name = "Memory (GB)"
  description  = "Main memory of the workspace."
  type         = "number"
  form_type    = "slider"
  default      = "4"
  mutable      = true
  icon         = "/icon/memory.svg"
  order        = 5

  validation {
    min   = 1
    max   = 8
    error = "A whole number from 1 to 8."
  }
}

data "coder_parameter" "git_repo" {
  name         = "git_repo"
  display_name = "Git repository"
  description  = "Cloned into the home folder at the first start. For one branch add #branch, or give the address of its page in the browser. Empty: none."
  type         = "string"
  default      = ""
  mutable      = true
  icon         = "/icon/git.svg"
  order        = 6
  styling      = "{\"placeholder\":\"https://…\"}"

  validation {
    regex = "^$|^(https://[^[:space:]$]+)$"
    error = "An address that starts with https://, with %%24 for any \"$\"; or nothing."
  }
}

data "coder_parameter" "dotfiles" {
  name         = "dotfiles"
  display_name = "Dotfiles repository"
  description  = "Your own settings, installed at each start. Its scripts run as you. Empty: none."
  type         = "string"
  default      = ""
  mutable      = true
  icon         = "/icon/dotfiles.svg"
  order        = 7
  styling      = "{\"placeholder\":\"https://…\"}"

  validation {
    regex = "^$|^(https://[^[:space:]$]+)$"
    error = "An address that starts with https://, with %%24 for any \"$\"; or nothing."
  }
}

data "coder_parameter" "ai_gateway_url" {
  name         = "ai_gateway_url"
  display_name = "AI Gateway URL"
  description  = "Where requests to the models go."
  type         = "string"
  form_type    = "dropdown"
  default      = "http://litellm:4000"
  mutable      = true
  icon         = "/icon/widgets.svg"
  order        = 8

  option {
    name  = "http://litellm:4000"
    value = "http://litellm:4000"
  }
}

data "coder_parameter" "litellm_api_key" {
  name         = "litellm_api_key"
  display_name = "AI API Key"
  description  = "Leave empty: the workspace gets its own key. A key entered here is stored by Coder in clear."
  type         = "string"
  default      = ""
  mutable      = true
  icon         = "/icon/vault.svg"
  order        = 9
  styling      = "{\"mask_input\":true}"
}

# Common choices, one click each

data "coder_workspace_preset" "everyday" {
  name        = "Everyday"
  description = "Claude Sonnet 5.5 (balanced); explains its changes"
  icon        = "/icon/code.svg"
  parameters  = { ai_model = "claude-sonnet", ai_enforcement_level = "standard" }
}

data "coder_workspace_preset" "design_first" {
  name        = "Design first"
  description = "Claude Opus 4.5 (advanced); a proposal and your consent before any code"
  icon        = "/icon/widgets.svg"
  parameters  = { ai_model = "claude-opus", ai_enforcement_level = "design-first" }
}

data "coder_workspace_preset" "light" {
  name        = "Light"
  description = "Claude Haiku 4.5 (fast); a small machine"
  icon        = "/icon/memory.svg"

  parameters = {
    ai_model             = "claude-haiku"
    ai_enforcement_level = "standard"
    cpu                  = "1"
    memory               = "2"
  }
}
