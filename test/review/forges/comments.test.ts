import { openForge } from '../../../review/forges/place';
import { publish, type Published } from '../../../review/forges/publish';
import type { Report } from '../../../review/report';
import { BOT, FORGE_STANDINS, PERSON, TOKEN, type ForgeStandin } from '../../standins/forges';
import { CHANGE, findingOf, HEAD, knowLines, reportOf } from './support';

const NAMES = ['github', 'gitlab', 'gitea'] as const;

describe.each(NAMES)('comments on %s', (name) => {
  const { start, variables } = FORGE_STANDINS[name];
  let standin: ForgeStandin;
  const waits: number[] = [];
  const wait = (ms: number): Promise<void> => Promise.resolve(void waits.push(ms));
  beforeAll(async () => {
    standin = await start();
  });
  afterAll(() => standin.close());
  beforeEach(() => {
    standin.reset();
    waits.length = 0;
    knowLines(standin.state);
  });

  const forge = (): ReturnType<typeof openForge> => openForge(undefined, variables(standin.url), { wait });
  const run = async (report: Report): Promise<Published> => {
    const opened = forge();
    await opened.readChange();
    return publish(opened, { report, changes: [CHANGE], wait });
  };
  const resolves = name !== 'gitea';

  test('a first run writes a summary and a comment at each line, a second one nothing', async () => {
    const report = reportOf([findingOf('1'), findingOf('2', { startLine: 1, endLine: 1 })]);
    expect(await run(report)).toMatchObject({ summary: 'added', added: 2, inSummary: 0 });
    const { comments, inline } = standin.state;
    expect(inline.map(({ path, line }) => [path, line])).toEqual([
      ['src/load.ts', 3],
      ['src/load.ts', 1],
    ]);
    expect(comments).toHaveLength(1);
    expect(comments[0]?.body).toContain('**high** The query is put together from text');
    standin.requests.length = 0;
    expect(await run(report)).toMatchObject({ summary: 'unchanged', added: 0, unchanged: 2, gone: 0 });
    expect(standin.writes()).toEqual([]);
  });

  test('the token is in a header alone', async () => {
    await run(reportOf([findingOf('1')]));
    for (const { path, body } of standin.requests) expect(path + JSON.stringify(body)).not.toContain(TOKEN);
  });

  test('a finding that is gone is said to be and resolved, and opened again when it is back', async () => {
    await run(reportOf([findingOf('1'), findingOf('2', { startLine: 1, endLine: 1 })]));
    expect(await run(reportOf([findingOf('2')]))).toMatchObject({
      summary: 'edited',
      gone: 1,
      resolved: resolves ? 1 : 0,
      unchanged: 1,
    });
    const [first] = standin.state.inline;
    expect(first?.body).toMatch(/ gone -->\n\*\*No longer found\*\* at `cccccccccccc`/);
    expect(first?.body).toContain('Whoever chooses the id');
    expect(first?.isResolved ?? false).toBe(resolves);
    standin.requests.length = 0;
    expect(await run(reportOf([findingOf('2')]))).toMatchObject({ summary: 'unchanged', gone: 0 });
    expect(standin.writes()).toEqual([]);
    expect(await run(reportOf([findingOf('1'), findingOf('2')]))).toMatchObject({ reopened: 1, added: 0 });
    expect(first?.body).not.toContain('No longer found');
    expect([first?.isResolved ?? false, standin.state.inline.length]).toEqual([false, 2]);
  });

  test('what moved, or was pushed by force, is not written again', async () => {
    await run(reportOf([findingOf('1')]));
    standin.state.head = 'd'.repeat(40);
    standin.state.lines = { 'src/load.ts': { 40: null } };
    const moved = findingOf('1', { startLine: 40, endLine: 40 });
    const report = reportOf([moved]);
    const again = await run({ ...report, what: { ...report.what, head: 'd'.repeat(40) } });
    expect(again).toMatchObject({ added: 0, unchanged: 1, gone: 0 });
    expect(standin.state.inline).toHaveLength(1);
  });

  test('a line that is not in the diff is in the summary', async () => {
    standin.state.lines = {};
    const there = findingOf('1');
    const nowhere = findingOf('2', { path: 'src/other.ts', title: 'Elsewhere' });
    expect(await run(reportOf([there, nowhere]))).toMatchObject({ added: 0, inSummary: 2 });
    const body = standin.state.comments[0]?.body ?? '';
    expect(body).toContain('`src/load.ts`, line 2-3');
    expect(body).toContain('### high: Elsewhere');
    expect(standin.state.inline).toEqual([]);
  });

  test('comments of others with our marker are not taken for ours', async () => {
    const faked = '<!-- contractor-workspace review: summary -->\nAll is well.';
    const fakedFinding = `<!-- contractor-workspace review: finding ${'1'.repeat(32)} gone -->\n`;
    standin.state.comments.push({ id: 1, author: PERSON, body: faked });
    standin.state.inline.push({
      id: 2,
      author: PERSON,
      body: fakedFinding,
      path: 'src/load.ts',
      line: 2,
      thread: 'x',
    });
    // Ours that only quotes a marker is none of these either.
    standin.state.comments.push({ id: 3, author: BOT, body: `Look:\n${faked}` });
    expect(await run(reportOf([findingOf('1')]))).toMatchObject({ summary: 'added', added: 1, reopened: 0 });
    expect(standin.state.comments.map(({ body }) => body).slice(0, 2)).toEqual([faked, `Look:\n${faked}`]);
    expect(standin.state.inline[0]?.body).toBe(fakedFinding);
  });

  test('ours is found on a later page, between those of others', async () => {
    await run(reportOf([findingOf('1')]));
    const others = Array.from({ length: 130 }, (_, at) => ({
      id: at + 1,
      author: PERSON,
      body: `comment ${at}`,
    }));
    const at = { path: 'src/load.ts', line: 2 };
    standin.state.comments.unshift(...others);
    standin.state.inline.unshift(...others.map((each) => ({ ...each, ...at, thread: `t${each.id}` })));
    expect(await run(reportOf([findingOf('1')]))).toMatchObject({
      summary: 'unchanged',
      added: 0,
      unchanged: 1,
    });
    expect(await run(reportOf([]))).toMatchObject({ summary: 'edited', gone: 1, resolved: resolves ? 1 : 0 });
  });

  test('an answer that is lost after the comment was written does not bring it twice', async () => {
    standin.fail({ when: /^POST .*(pulls\/7\/comments|discussions|reviews)$/, status: 502, isDone: true });
    standin.fail({ when: /^POST .*(issues\/7\/comments|notes)$/, status: 500, isDone: true });
    standin.fail({ when: /^GET .*\/(pulls|merge_requests)\/7$/, status: 503, times: 2 });
    expect(await run(reportOf([findingOf('1')]))).toMatchObject({ inSummary: 0 });
    expect([standin.state.inline.length, standin.state.comments.length]).toEqual([1, 1]);
    expect(waits.slice(0, 2)).toEqual([1_000, 2_000]);
  });

  test('a platform that stays away ends after some tries, and is named', async () => {
    standin.fail({ when: /./, status: 503, times: 100 });
    await expect(forge().readChange()).rejects.toThrow(/answers 503 at http.*, also after 4 tries/);
    expect(standin.requests).toHaveLength(4);
  });

  test('a limit of requests is waited for, but not for long', async () => {
    standin.fail({ when: /./, status: 429, headers: { 'retry-after': '7' } });
    await forge().readChange();
    expect(waits).toEqual([7_000]);
    standin.fail({ when: /./, status: 429, headers: { 'retry-after': '3600' } });
    await expect(forge().readChange()).rejects.toThrow('run the job again in 60 min');
    expect(waits).toEqual([7_000]);
  });

  test.each([
    [401, /is not taken/],
    [403, /lacks a permission/],
    [404, /sees no such/],
  ])('%s says what is missing', async (status, says) => {
    standin.fail({ when: /./, status, json: { message: `refused for ${TOKEN}\u001b[2J` } });
    const fault: unknown = await forge()
      .readChange()
      .catch((error: unknown) => error);
    expect(fault).toMatchObject({ message: expect.stringMatching(says) as unknown });
    expect((fault as Error).message).not.toContain(TOKEN);
    expect((fault as Error).message).not.toContain('\u001b');
  });

  test('the token goes nowhere else', async () => {
    standin.fail({ when: /./, status: 302, headers: { location: 'http://127.0.0.1:1/' } });
    await expect(forge().readChange()).rejects.toThrow('where the token does not go');
  });

  test('a review that is not whole, or shows only some, calls nothing gone', async () => {
    await run(reportOf([findingOf('1')]));
    const partly = reportOf([], { leftOut: [{ path: 'src/load.ts', reason: 'cap' }] });
    expect(await run(partly)).toMatchObject({ gone: 0 });
    expect(await run(reportOf([], { further: ['1'.repeat(32)] }))).toMatchObject({ gone: 0 });
    expect(await run(reportOf([]))).toMatchObject({ gone: 1 });
  });

  test('a token that may not resolve leaves the word in the comment', async () => {
    await run(reportOf([findingOf('1')]));
    standin.state.mayResolve = false;
    expect(await run(reportOf([]))).toMatchObject({ gone: 1, resolved: 0 });
    expect(standin.state.inline[0]?.body).toContain('No longer found');
  });

  test('a report that is too long for a comment is cut where a part ends, and it is said', async () => {
    const { longestComment } = forge();
    const long = 'x'.repeat(longestComment);
    const findings = ['1', '2', '3'].map((letter) =>
      findingOf(letter, { path: 'gone.ts', ...(letter === '2' ? { patch: long } : {}) }),
    );
    await run(reportOf([...findings, findingOf('4', { patch: long })]));
    const body = standin.state.comments[0]?.body ?? '';
    expect(body.length).toBeLessThanOrEqual(longestComment);
    expect(body).toMatch(/One part too long for a comment\.$/);
    expect(body).toContain('2 calls for');
    expect(standin.state.inline[0]?.body).not.toContain('```');
  });

  test('texts of a model and of the change stay texts', async () => {
    const evil =
      '/approve @everyone ![x](http://e.example/x.png) <img src=x> <!-- x --> #1 !2 ~label :tada: fixes #3 www.evil.example';
    const findings = [
      findingOf('1', { title: evil, reason: evil, suggestion: evil }),
      findingOf('2', {
        path: '/close.ts',
        title: evil,
        patch: '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+```\n+<!-- contractor-workspace review: summary -->\n',
      }),
    ];
    await run(reportOf(findings, { leftOut: [{ path: '`/merge` @all <b>', reason: 'binary' }] }));
    const bodies = [...standin.state.comments, ...standin.state.inline].map(({ body }) => body);
    expect(bodies).toHaveLength(2);
    for (const body of bodies) {
      const [marker = '', ...below] = body.split('\n');
      expect(marker).toMatch(/^<!-- contractor-workspace review: /);
      const outside = below
        .join('\n')
        .replace(/(`{3,})diff\n[\s\S]*?\n\1/g, '')
        .replace(/``?[^\n]*?``?/g, '')
        .replace(/&#\d+;/g, '');
      expect(outside.replace(/<\/?sub>/g, '')).not.toMatch(
        /^\s*\/|@|!\[|\]\(|<|#\d|!\d|~label|:tada:|www\.evil/m,
      );
      expect(below.filter((line) => line.startsWith('/'))).toEqual([]);
    }
  });

  test('a run for a commit that is no longer the last one finds that out', async () => {
    standin.state.head = 'e'.repeat(40);
    expect((await forge().readChange()).head).not.toBe(HEAD);
  });
});
