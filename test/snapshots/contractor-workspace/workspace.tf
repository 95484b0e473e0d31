# The workspace: agent, container, home.

# Whose build this is

data "coder_provisioner" "me" {}

data "coder_workspace" "me" {}

data "coder_workspace_owner" "me" {}

# The agent

resource "coder_agent" "main" {
  arch = data.coder_provisioner.me.arch
  os   = "linux"

  display_apps {
    port_forwarding_helper = false
    ssh_helper             = false
    vscode                 = false
    vscode_insiders        = false
    web_terminal           = true
  }

  metadata {
    key          = "cpu"
    display_name = "CPU"
    script       = "coder stat cpu"
    interval     = 10
    timeout      = 2
    order        = 1
  }
  metadata {
    key          = "memory"
    display_name = "Memory"
    script       = "coder stat mem"
    interval     = 10
    timeout      = 2
    order        = 2
  }
  metadata {
    key          = "home"
    display_name = "Home disk"
    script       = "coder stat disk --path /home/coder"
    interval     = 60
    timeout      = 2
    order        = 3
  }
  metadata {
    key          = "ai"
    display_name = "AI"
    script       = "state=$(cat \"$HOME/.config/ai-gateway/status\" 2>/dev/null)\n[ -n \"$state$AI_ASSISTANT\" ] || state=off\nprintf \"%s\" \"$${state:-not set up}\"\ncase $state in off | ready:* | \"waiting for an owner\") ;; *) exit 1 ;; esac"
    interval     = 15
    timeout      = 2
    order        = 4
  }
  metadata {
    key          = "ai_assistant"
    display_name = "AI assistant"
    script       = "printf \"%s\" \"$${AI_ASSISTANT:-none}$${AI_MODEL:+, $AI_MODEL}\""
    interval     = 300
    timeout      = 2
    order        = 5
  }
  metadata {
    key          = "ai_spend"
    display_name = "AI spend of budget"
    script       = "if command -v ai-usage >/dev/null; then ai-usage --badge; else echo unknown; fi"
    interval     = 60
    timeout      = 10
    order        = 6
  }
}

# The container and what it keeps

resource "docker_image" "workspace" {
  count = data.coder_workspace.me.start_count

  name         = "contractor-workspace:1"
  keep_locally = true
}

resource "docker_volume" "home" {
  name = "coder-${data.coder_workspace.me.id}-home"

  labels {
    label = "coder.workspace_id"
    value = data.coder_workspace.me.id
  }
  labels {
    label = "coder.workspace_name_at_creation"
    value = data.coder_workspace.me.name
  }

  lifecycle {
    ignore_changes = all
  }
}

resource "docker_container" "workspace" {
  count = data.coder_workspace.me.start_count

  name     = "coder-${data.coder_workspace.me.id}"
  image    = docker_image.workspace[0].image_id
  hostname = "coder-${data.coder_workspace.me.id}"
  user     = "1000:1000"

  entrypoint = [
    "sh",
    "-c",
    replace(coder_agent.main.init_script, "/(https?://)(?:localhost|127\\.0\\.0\\.1|\\[::1\\])([^0-9A-Za-z._-]|$)/", "$${1}host.docker.internal$${2}"),
  ]

  env = [
    "CODER_AGENT_TOKEN=${coder_agent.main.token}",
    "WORKSPACE_DOLLAR=$",
    "OPENCODE_DISABLE_AUTOUPDATE=1",
    "OPENCODE_DISABLE_CLAUDE_CODE=1",
    "OPENCODE_DISABLE_LSP_DOWNLOAD=1",
    "OPENCODE_DISABLE_MODELS_FETCH=1",
    "OPENCODE_DISABLE_PROJECT_CONFIG=1",
    "OPENCODE_DISABLE_SHARE=1",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1",
    "DISABLE_AUTOUPDATER=1",
  ]

  cpus          = format("%.1f", tonumber(data.coder_parameter.cpu.value))
  init          = true
  memory        = tonumber(data.coder_parameter.memory.value) * 1024
  memory_swap   = tonumber(data.coder_parameter.memory.value) * 1024
  restart       = "unless-stopped"
  security_opts = ["no-new-privileges"]

  capabilities {
    drop = ["ALL"]
  }

  host {
    host = "host.docker.internal"
    ip   = "host-gateway"
  }

  labels {
    label = "coder.workspace_id"
    value = data.coder_workspace.me.id
  }

  networks_advanced {
    name = "coder-network"
  }

  volumes {
    container_path = "/home/coder"
    volume_name    = docker_volume.home.name
  }

  lifecycle {
    precondition {
      condition     = length(var.workspace_claim_secret) >= 32
      error_message = "workspace_claim_secret must have at least 32 characters: make one with \"openssl rand -hex 32\"."
    }
  }
}

resource "coder_metadata" "workspace" {
  count = data.coder_workspace.me.start_count

  resource_id = docker_container.workspace[0].id

  item {
    key   = "workspace"
    value = data.coder_workspace.me.name
  }
  item {
    key   = "owner"
    value = data.coder_workspace_owner.me.name
  }
  item {
    key   = "image"
    value = docker_image.workspace[0].name
  }
}
