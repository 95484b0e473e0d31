const Sequencer = require('@jest/test-sequencer').default;

/** Folders whose tests start programs, Terraform above all. At the end one of them would keep a worker busy alone. */
const SLOW = /\/test\/(start-up|tools|template|release|demo|administration|money|src|synth|cli)\//;

/** Runs what takes long first; within that as Jest does, by what it knows of earlier runs. */
module.exports = class SlowFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isSlow = ({ path }) => SLOW.test(path);
    return [...sorted.filter(isSlow), ...sorted.filter((test) => !isSlow(test))];
  }
};
