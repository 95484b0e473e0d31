import { changesBy, titles, type Edit } from './support';

const HOME = 'volume (`docker_volume.home`)';
const CONTAINER = 'container (`docker_container.workspace`)';

describe('the home volume', () => {
  test.each<{ what: string; edit: Edit; older?: Edit; expected: string[]; says: RegExp }>([
    {
      what: 'no longer kept as it was made',
      edit: (template) =>
        template.replace('workspace.tf', /\n {2}lifecycle \{\n {4}ignore_changes = all\n {2}\}\n/, ''),
      expected: [`loses-data: ${HOME}: \`lifecycle\` changed`],
      says: /NO LONGER KEPT AS IT WAS MADE/,
    },
    {
      what: 'another name while changes are ignored',
      edit: (template) => template.replace('workspace.tf', '-home"', '-house"'),
      expected: [`new-only: ${HOME}: \`name\` changed`],
      says: /Volumes that exist stay as they are/,
    },
    {
      what: 'another name while nothing is ignored',
      edit: (template) =>
        template
          .replace('workspace.tf', '-home"', '-house"')
          .replace('workspace.tf', 'ignore_changes = all', ''),
      older: (template) => template.replace('workspace.tf', 'ignore_changes = all', ''),
      expected: [`loses-data: ${HOME}: \`name\` changed`],
      says: /EVERYTHING IN IT IS DESTROYED/,
    },
    {
      what: 'a volume that is counted',
      edit: (template) =>
        template.replace(
          'workspace.tf',
          'resource "docker_volume" "home" {\n',
          'resource "docker_volume" "home" {\n  count = data.coder_workspace.me.start_count\n',
        ),
      expected: [`loses-data: ${HOME}: \`count\` changed`],
      says: /stop build/,
    },
    {
      what: 'another address',
      edit: (template) =>
        template
          .replace('workspace.tf', 'resource "docker_volume" "home"', 'resource "docker_volume" "house"')
          .replace('workspace.tf', 'docker_volume.home.name', 'docker_volume.house.name'),
      expected: [
        `loses-data: ${HOME} is now \`docker_volume.house\`, without a moved block`,
        `loses-data: ${CONTAINER}: \`volumes\` changed`,
      ],
      says: /THE VOLUME AND EVERYTHING IN IT IS DESTROYED/,
    },
    {
      what: 'another address with a moved block',
      edit: (template) =>
        template
          .replace('workspace.tf', 'resource "docker_volume" "home"', 'resource "docker_volume" "house"')
          .replace('workspace.tf', 'docker_volume.home.name', 'docker_volume.house.name')
          .append('workspace.tf', 'moved {\n  from = docker_volume.home\n  to   = docker_volume.house\n}\n'),
      expected: ['cosmetic: `docker_volume.home` is now `docker_volume.house`'],
      says: /keeps what it made/,
    },
    {
      what: 'mounted elsewhere',
      edit: (template) =>
        template.replace('workspace.tf', 'container_path = "/home/coder"', 'container_path = "/home/dev"'),
      expected: [`loses-data: ${CONTAINER}: \`volumes\` changed`],
      says: /NO LONGER FIND THEIR FILES at `\/home\/coder`/,
    },
    {
      what: 'one more mount',
      edit: (template) =>
        template.replace(
          'workspace.tf',
          '  volumes {\n',
          '  volumes {\n    container_path = "/cache"\n    volume_name    = "cache"\n  }\n  volumes {\n',
        ),
      expected: [`replaces: ${CONTAINER}: \`volumes\` changed`],
      says: /`volumes./,
    },
  ])('$what', async ({ edit, older, expected, says }) => {
    const changes = await changesBy(edit, older);
    expect(titles(changes)).toEqual(expected);
    expect(changes[0]?.details.join('\n')).toMatch(says);
  });

  test('a volume that must not be destroyed keeps people from deleting', async () => {
    const changes = await changesBy((template) =>
      template.replace(
        'workspace.tf',
        'ignore_changes = all',
        'ignore_changes = all\n    prevent_destroy = true',
      ),
    );
    expect(titles(changes)).toEqual([`breaks: ${HOME}: \`lifecycle\` changed`]);
  });
});
