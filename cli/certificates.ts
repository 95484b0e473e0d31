import { Option, type Command } from 'commander';
import type * as Words from '../certificates/words';
import { DEFAULT_ACCESS_URL } from '../src/access-url';
import { does, newCommand, newGroup } from '../terminal/command';

const room = (): typeof Words => require('../certificates/words') as typeof Words;

export const certificates = (): Command =>
  newGroup(
    'certificates',
    {
      summary: "Make and look after the platform's TLS certificates",
      description:
        "An authority of the platform's own and what it signs for Coder and the gateway, or a look at the site's.",
      examples: [
        'certificates make --access-url https://coder.example.com',
        'certificates check',
        'certificates show --for macos',
      ],
      notes: () =>
        "The authority's key is in the folder, mode 0600: keep it, and nobody has to trust another. docs/tls.md says more.",
    },
    [make(), check(), renew(), show()],
  );

const withFolder = (command: Command): Command =>
  command
    .option('--folder <folder>', 'where they are kept', '.data/certificates')
    .option('--json', 'print the result as JSON');

const withNames = (command: Command): Command =>
  withFolder(command)
    .option('--access-url <url>', `where people reach Coder (default: ${DEFAULT_ACCESS_URL})`)
    .option('--wildcard-access-url <name>', 'for apps on names of their own, such as *.coder.example.com')
    .option('--tls-in-front', 'something in front of Coder has its certificate: it gets none')
    .option('--coder-certificate <file>', "the site's for Coder (PEM), with those that signed it below")
    .option('--coder-key <file>', 'its key')
    .option('--gateway-certificate <file>', "the site's for the gateway (PEM)")
    .option('--gateway-key <file>', 'its key')
    .option('--site-authority <file>', "who signed the site's certificates, unless it is a public one");

const make = (): Command =>
  does<Words.CertificateWords>(
    withNames(
      newCommand('make', {
        summary: 'Make what is missing, and make anew what ends within 30 days',
        description:
          'Makes what is missing, and makes anew what ends within 30 days or is not for a name. The authority and the keys ' +
          "stay as they are. Certificates of the site's own are checked and stay where they are.",
        examples: [
          'certificates make --access-url https://coder.example.com --wildcard-access-url "*.coder.example.com"',
          'certificates make --access-url https://coder.example.com --coder-certificate chain.pem --coder-key key.pem',
        ],
      }),
    ),
    (_, words) => room().make(words, DEFAULT_ACCESS_URL),
  );

const check = (): Command =>
  does<Words.CertificateWords>(
    withNames(
      newCommand('check', {
        summary: 'Say whether they fit and hold for a while, and do nothing',
        description:
          'Says whether they fit and hold for a while, and does nothing. Without names, those of the certificates that are there.',
        examples: ['certificates check', 'certificates check --json'],
        exits: { 1: 'something does not fit, or has to be made' },
      }),
    ),
    (_, words) => room().check(words),
  );

const renew = (): Command =>
  does<Words.FolderWords>(
    withFolder(
      newCommand('renew', {
        summary: 'Make those of Coder and the gateway anew now, for the same names and keys',
        examples: ['certificates renew'],
        notes: () =>
          'A key that may be known to others: remove it (coder-key.pem, gateway-key.pem), and another is made with the certificate.',
      }),
    ),
    (_, words) => room().renew(words),
  );

const show = (): Command =>
  does<Words.ShowWords>(
    withFolder(
      newCommand('show', {
        summary: 'Show them, and how to have a machine trust them',
        examples: ['certificates show', 'certificates show --for windows'],
      }).addOption(
        new Option('--for <system>', 'whose machine (default: all of them)').choices([
          'macos',
          'linux',
          'windows',
        ]),
      ),
    ),
    (_, words) => room().show(words),
  );
