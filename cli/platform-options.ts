/** Options that the commands of the platform share. */
import type { Command } from 'commander';
import { DEFAULT_FOLDER } from '../platform/default-folder';

export const withFolder = (command: Command): Command =>
  command.option(
    '--folder <folder>',
    "where the platform's secrets, certificates, state and backups are kept; git passes it by",
    DEFAULT_FOLDER,
  );

/** Of commands that ask a gateway: without it, the environment names one, or it is that of the usual folder. */
export const withPlatform = (command: Command): Command =>
  command.option(
    '--folder <folder>',
    `the platform that "up" has made there (default: what the environment names, else the one in ${DEFAULT_FOLDER})`,
  );

export const withUpOptions = (command: Command): Command =>
  withFolder(command)
    .argument('[program]', 'TypeScript file that calls runPlatformProgram (default: the platform as shipped)')
    .option('--admin-name <name>', "user name of Coder's first administrator", 'admin')
    .option('--admin-email <address>', 'and the address', 'admin@platform.invalid')
    .option('--gateway-base-image <reference>', 'image with Node.js 24 and glibc that the gateway is put on')
    .option('--publish', "put the gateway's document in force where it differs, without asking")
    .option('--skip-provider-check', 'do not ask the provider whether it takes the key')
    .option('--coder-certificate <file>', "the site's for Coder (PEM), with those that signed it below")
    .option('--coder-key <file>', 'its key')
    .option('--gateway-certificate <file>', "the site's for the gateway (PEM)")
    .option('--gateway-key <file>', 'its key')
    .option('--site-authority <file>', "who signed the site's certificates, unless it is a public one");

/** Of `up` and `upgrade`. */
export const SECRETS_NOTE = `Secrets are made once, in secrets.json of the folder (mode 0600). The provider's key is asked for, without showing it, or
read from ANTHROPIC_API_KEY or the file that ANTHROPIC_API_KEY_FILE names; any other is given the same way. DOCKER_HOST
names another engine of this host, TERRAFORM_BINARY_NAME another Terraform.`;
