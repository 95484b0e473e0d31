/**
 * What `contractor-workspace` runs: says what is missing before anything that needs it is loaded.
 *
 * In words that old versions of Node.js understand as well, since it is this file that tells their users so.
 */
'use strict';
var setUp = require('../terminal/set-up.cjs');

function say(fault) {
  process.stderr.write(fault + '\n');
  process.exitCode = 1;
}

function start() {
  var fault = setUp.setUpFault();
  if (fault !== undefined) return say(fault);
  try {
    if (!setUp.IS_PACKAGE) require('../scripts/register-typescript.cjs');
    require('../cli/main');
  } catch (thrown) {
    fault = setUp.moduleFault(thrown);
    if (fault === undefined) throw thrown;
    say(fault);
  }
}

start();
