/** What a change is compared with where nobody names it. */
import { openRepository, type OpenRepository } from '../../review/checkout/open';
import { sidesOfUpstream } from '../../review/checkout/upstream';
import type { Sides } from '../../review/checkout/sides';
import { makeRepository, type TestRepository } from './support/repository';

let repository: TestRepository;
let main: string;
beforeEach(() => {
  repository = makeRepository({ 'a.ts': 'a\n' });
  main = repository.git('rev-parse', 'main');
});
afterEach(() => repository.remove());

const remote = (name: string, branch: string, commit: string): void => {
  repository.git('remote', 'add', name, `https://git.example.com/${name}.git`);
  repository.git('update-ref', `refs/remotes/${name}/${branch}`, commit);
};

async function sides(): Promise<Sides> {
  const open: OpenRepository = await openRepository(repository.folder);
  try {
    return await sidesOfUpstream(open);
  } finally {
    open.close();
  }
}

test('the branch that the remote has noted as its default', async () => {
  remote('origin', 'trunk', main);
  repository.git('update-ref', 'refs/remotes/origin/main', repository.commit('other'));
  repository.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');
  const head = repository.commit('mine', { 'b.ts': 'b\n' });
  expect(await sides()).toMatchObject({ upstream: 'origin/trunk', base: main, head });
});

test('where it has noted none, its main or master', async () => {
  remote('origin', 'master', main);
  repository.commit('mine');
  expect(await sides()).toMatchObject({ upstream: 'origin/master', base: main });
});

test('of a fork, the branch of the remote that is named upstream', async () => {
  remote('upstream', 'main', main);
  remote('origin', 'main', repository.commit('of the fork'));
  repository.commit('mine');
  expect(await sides()).toMatchObject({ upstream: 'upstream/main', base: main });
});

test('the remote that the branch follows goes before origin', async () => {
  remote('origin', 'main', repository.commit('elsewhere'));
  remote('team', 'main', main);
  repository.git('update-ref', 'refs/remotes/team/change', main);
  repository.git('branch', '--set-upstream-to', 'team/change');
  repository.commit('mine');
  expect(await sides()).toMatchObject({ upstream: 'team/main', base: main });
});

test('without a remote, the main of the clone, but not the branch itself', async () => {
  repository.commit('mine');
  expect(await sides()).toMatchObject({ upstream: 'main', base: main });
  repository.git('checkout', '--quiet', 'main');
  await expect(sides()).rejects.toThrow('git remote set-head origin --auto');
});

test('without a branch checked out, as CI does, the default branch still', async () => {
  remote('origin', 'main', main);
  const head = repository.commit('mine');
  repository.git('checkout', '--quiet', '--detach');
  expect(await sides()).toMatchObject({ upstream: 'origin/main', base: main, head });
});
