/** What a person does next: three addresses, and what to click. */
import { isIP } from 'node:net';
import { trustGuide } from '../certificates/trust';
import { CODER_ADMIN_PASSWORD } from './secrets';
import type { UpContext } from './up-context';

export function sayWhereItIs(context: UpContext): void {
  process.stdout.write(`${whereItIs(context)}\n`);
}

function whereItIs({ outline, folder, words, certificates, declared, unpublished }: UpContext): string {
  const { coder, addresses } = outline;
  const host = new URL(coder.accessUrl).hostname;
  const lines = [
    '',
    `Coder                       ${coder.accessUrl}`,
    `Gateway, from workspaces    ${addresses['gateway_url']}`,
    `Gateway, for administrators ${addresses['gateway_admin_url']}`,
    ...(addresses['langfuse_url'] === undefined
      ? []
      : [`Langfuse                    ${addresses['langfuse_url']}`]),
    ...(addresses['grafana_url'] === undefined
      ? []
      : [`Grafana                     ${addresses['grafana_url']} (admin, grafana_password)`]),
    '',
    ...(unpublished === undefined
      ? []
      : [`The gateway goes by another document than the program says: ${unpublished}`, '']),
  ];
  if (!coder.isOwn)
    return [
      ...lines,
      `Push the template to your Coder, with the variable workspace_claim_secret of ${folder.secrets}:`,
      `  coder templates push ${declared.template.name} -d ${declared.template.folder} --variables-file variables.yaml`,
    ].join('\n');
  const { port } = new URL(coder.accessUrl);
  const guide =
    certificates?.authority === undefined
      ? ''
      : certificates.authority.done === 'made'
        ? trustGuide(certificates)
        : `How to trust its certificate: contractor-workspace certificates show --folder ${folder.certificates}`;
  return [
    ...lines,
    ...(guide === '' ? [] : [guide, '']),
    ...(host === 'host.docker.internal'
      ? [
          'On this machine, once: echo "127.0.0.1 host.docker.internal" | sudo tee -a /etc/hosts',
          `From another: ssh -L ${port}:127.0.0.1:${port} to this one, and that line there.`,
          '',
        ]
      : isIP(host) === 0
        ? [`${host} must lead to this host wherever it is opened.`, '']
        : []),
    `Open Coder, sign in as ${words.adminEmail} (password: ${CODER_ADMIN_PASSWORD} in ${folder.secrets}),`,
    'click Templates, the template, Create Workspace, and the editor once it has started.',
  ].join('\n');
}
