/** Words behind the language of a block of shell: whether a test runs it, or what it would need. GitHub does not show them. */
export const MARKS: Readonly<Record<string, string>> = {
  run: 'test/documentation/run.test.ts runs it in a folder with the program, its sources and the scripts of npm',
  'run-with-gateway':
    'that test runs it in an empty folder, against a gateway with the people, keys and files that it names',
  'needs-clone': 'it changes the clone it is run in, or takes minutes there: other checks of CI run it',
  'needs-coder': 'a Coder deployment',
  'needs-docker': 'a Docker engine; npm run test:platform and test:image have one',
  'needs-gateway': 'a gateway of one’s own, with what is named',
  'needs-host': 'a machine of one’s own, and root on it',
  'needs-provider': 'a provider’s key or export',
  'needs-registry': 'a registry of packages, images or Terraform providers',
};
