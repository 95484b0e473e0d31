# What else happens when the workspace starts.

locals {
  git_identity_script = join("\n", [
    "#!/usr/bin/env bash",
    "name=$(base64 -d <<<'${base64encode(coalesce(data.coder_workspace_owner.me.full_name, data.coder_workspace_owner.me.name))}')",
    "email=$(base64 -d <<<'${base64encode(data.coder_workspace_owner.me.email)}')",
    file("${path.module}/scripts/work-tree.sh"),
    file("${path.module}/scripts/git-identity.sh"),
  ])
}

resource "coder_script" "git_identity" {
  agent_id     = coder_agent.main.id
  display_name = "Git identity"
  icon         = "/icon/git.svg"
  run_on_start = true
  timeout      = 60
  script       = local.git_identity_script
}

resource "coder_script" "git_clone" {
  count = data.coder_parameter.git_repo.value != "" ? 1 : 0

  agent_id     = coder_agent.main.id
  display_name = "Repository"
  icon         = "/icon/git.svg"
  run_on_start = true
  timeout      = 600

  script = join("\n", [
    "#!/usr/bin/env bash",
    "WORKSPACE_GIT_REPO=$${WORKSPACE_GIT_REPO-$(base64 -d <<<'${base64encode(data.coder_parameter.git_repo.value)}')}",
    "WORKSPACE_GIT_REPO_PATTERN=$${WORKSPACE_GIT_REPO_PATTERN-$(base64 -d <<<'${base64encode("https://(git[.]internal[.]example)(:[0-9]+)?/[^[:space:]$]+")}')}",
    "after=$(base64 -d <<<'${base64encode(data.coder_parameter.dotfiles.value)}')",
    file("${path.module}/scripts/start-order.sh"),
    file("${path.module}/scripts/git-clone.sh"),
  ])
}

resource "coder_script" "dotfiles" {
  count = data.coder_parameter.dotfiles.value != "" ? 1 : 0

  agent_id     = coder_agent.main.id
  display_name = "Dotfiles"
  icon         = "/icon/dotfiles.svg"
  run_on_start = true
  timeout      = 300

  script = join("\n", [
    "#!/usr/bin/env bash",
    "WORKSPACE_DOTFILES=$${WORKSPACE_DOTFILES-$(base64 -d <<<'${base64encode(data.coder_parameter.dotfiles.value)}')}",
    "WORKSPACE_DOTFILES_PATTERN=$${WORKSPACE_DOTFILES_PATTERN-$(base64 -d <<<'${base64encode("https://(git[.]internal[.]example)(:[0-9]+)?/[^[:space:]$]+")}')}",
    file("${path.module}/scripts/start-order.sh"),
    file("${path.module}/scripts/bashrc-line.sh"),
    file("${path.module}/scripts/dotfiles.sh"),
  ])
}
