# VS Code in the browser.

locals {
  repository_name = trimsuffix(basename(replace(replace(data.coder_parameter.git_repo.value, "/^(https://[^/?#]+/[^/?#]+/[^/?#]+)/(?:tree|src/branch)/.*$|^(https://[^?#]+)/-/tree/.*$|^([^#]*)#.*$/", "$${1}$${2}$${3}"), ":", "/")), ".git")
  editor_clone    = can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]*$", local.repository_name)) && !contains(["bin", "node_modules"], local.repository_name) ? local.repository_name : ""
  editor_folder   = "/home/coder/${local.editor_clone == "" ? "project" : local.editor_clone}"

  editor_script = join("\n", [
    "#!/usr/bin/env bash",
    "assistant=$(base64 -d <<<'${base64encode(data.coder_parameter.ai_assistant.value)}')",
    "folder='${local.editor_folder}'",
    "is_clone=${local.editor_clone == "" ? "" : "1"}",
    file("${path.module}/scripts/code-server.sh"),
  ])
}

resource "coder_script" "code_server" {
  agent_id     = coder_agent.main.id
  display_name = "Editor"
  icon         = "/icon/code.svg"
  run_on_start = true
  timeout      = 60
  script       = local.editor_script
}

resource "coder_app" "code_server" {
  agent_id     = coder_agent.main.id
  slug         = "code-server"
  display_name = "VS Code"
  icon         = "/icon/code.svg"
  url          = "http://localhost:8080/?folder=${local.editor_folder}"
  subdomain    = false
  share        = "owner"

  healthcheck {
    url       = "http://localhost:8080/healthz"
    interval  = 5
    threshold = 6
  }
}
