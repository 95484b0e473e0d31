/**
 * Files that Coder serves below `/icon/`: 2.36's, the same as far as compared back to 2.29. Any other path there is
 * answered with 404, and the form shows a broken picture.
 */
export const CODER_ICONS: readonly string[] = `
  aider.svg airflow.svg almalinux.svg amazon-q.svg android-studio.svg ansible.svg anthropic.svg antigravity.svg
  apache-guacamole.svg apple-black.svg apple-grey.svg argo-workflows.svg auggie.svg auto-dev-server.svg
  aws-dark.svg aws-light.svg aws-monochrome.svg aws.png aws.svg azure-devops.svg azure.png azure.svg bitbucket.svg
  centos.svg charm-crush.svg claude.svg clion.svg code-insiders.svg code.svg coder.svg conda.svg confluence.svg
  container.svg copyparty.svg cpp.svg cursor.svg database.svg datagrip.svg dataspell.svg dcv.svg debian.svg
  desktop.svg devcontainers.svg discord.svg do.png do.svg docker-white.svg docker.png docker.svg dotfiles.svg
  dotnet.svg elixir.svg fedora.svg filebrowser.svg fleet.svg fly.io.svg folder.svg gateway.svg gcp.png gcp.svg
  gemini-monochrome.svg gemini.svg git.svg gitea.svg github-copilot.svg github.svg gitlab.svg go.svg goland.svg
  google.svg goose.svg image.svg intellij.svg java.svg javascript.svg jax.svg jetbrains-toolbox.svg jetbrains.svg
  jfrog.svg jupyter.svg k8s.png k8s.svg kasmvnc.svg keycloak.svg kilo-code.svg kiro.svg kotlin.svg lakefs.svg
  linear.svg lxc.svg matlab.svg memory.svg microsoft-teams.svg microsoft.svg mlflow.svg mux.svg nextflow.svg
  nexus-repository.svg nix.svg node.svg nodejs.svg nomad.svg novnc.svg okta.svg omnigent.svg openai-codex.svg
  openai.svg opencode.svg openwebui.svg perplexica.svg personalize.svg php.svg phpstorm.svg positron.svg
  postgres.svg projector.svg pycharm.svg python.svg pytorch.svg rdp.svg rider.svg rockylinux.svg roo-code.svg
  rproject.svg rstudio.svg ruby.png ruby.svg rubymine.svg rust.svg rustdesk.svg rustrover.svg slack.svg
  sourcegraph-amp.svg swift.svg tasks.svg tensorflow.svg terminal.svg texlive.svg theia.svg tmux.svg
  typescript.svg ubuntu.svg vault.svg vercel.svg vsphere.svg webstorm.svg widgets.svg windows.svg windsurf.svg
  zed.svg
`
  .trim()
  .split(/\s+/);
