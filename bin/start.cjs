/**
 * What `contractor-workspace` runs: says what is missing before anything that needs it is loaded.
 *
 * In words that old versions of Node.js understand as well, since it is this file that tells their users so.
 */
'use strict';
var fs = require('fs');
var path = require('path');

var ROOT = path.join(__dirname, '..');
var OLDEST = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')).engines.node.replace(
  '>=',
  '',
);

/** What `npm ci` leaves, the last of it last: the bindings are made when all packages are there. */
var INSTALLED = [
  'node_modules/esbuild',
  'node_modules/commander',
  'node_modules/.package-lock.json',
  'providers/coder/src/.inputs',
];

function isOlder(version, oldest) {
  var found = version.split('.');
  var least = oldest.split('.');
  for (var at = 0; at < least.length; at += 1) {
    var difference = parseInt(found[at], 10) - parseInt(least[at], 10);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function isMissing(file) {
  return !fs.existsSync(path.join(ROOT, file));
}

function setUpFault() {
  if (isOlder(process.versions.node, OLDEST))
    return 'Node.js ' + process.versions.node + ' is too old: install ' + OLDEST + ' or newer.';
  var missing = INSTALLED.filter(isMissing);
  if (missing.length === 0) return undefined;
  var what =
    missing.length === INSTALLED.length
      ? 'has not been run'
      : 'did not get to its end (' + missing[0] + ' is missing)';
  return '"npm ci" ' + what + ': run it in ' + ROOT + '.';
}

var fault = setUpFault();
if (fault !== undefined) {
  process.stderr.write(fault + '\n');
  process.exitCode = 1;
} else {
  require('../scripts/register-typescript.cjs');
  require('../cli/main.ts');
}
