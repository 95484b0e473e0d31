/**
 * What must be there before anything of ours is loaded: a Node.js that is new enough, and what `npm ci` installs.
 *
 * In words that old versions of Node.js understand as well, since it is this file that tells their users so.
 */
'use strict';
var fs = require('fs');
var path = require('path');

var ROOT = path.join(__dirname, '..');
var MANIFEST = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

/** The oldest Node.js the project runs on. */
var OLDEST_NODE = MANIFEST.engines.node.replace('>=', '');

/** Whether this is the package as npm installs it, compiled, and no clone: that one has the sources. */
var IS_PACKAGE = !fs.existsSync(path.join(ROOT, 'cli', 'main.ts'));

/** What `npm ci` leaves in a clone, the last of it last: the bindings are made when all packages are there. */
var INSTALLED = IS_PACKAGE
  ? []
  : [
      'node_modules/esbuild',
      'node_modules/commander',
      'node_modules/.package-lock.json',
      'providers/coder/src/.inputs',
    ];

var NOT_FOUND = ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'];

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

/** @returns what is wrong with a version of Node.js, or nothing */
function nodeFault(version) {
  if (!isOlder(version, OLDEST_NODE)) return undefined;
  return 'Node.js ' + version + ' is too old: install ' + OLDEST_NODE + ' or newer.';
}

function npmCi(what) {
  if (IS_PACKAGE)
    return '"npm install" ' + what + ': run it again where ' + MANIFEST.name + ' was installed.';
  return '"npm ci" ' + what + ': run it in ' + ROOT + '.';
}

/** @returns what is missing for any command, or nothing */
function setUpFault() {
  var fault = nodeFault(process.versions.node);
  if (fault !== undefined) return fault;
  var missing = INSTALLED.filter(isMissing);
  if (missing.length === 0) return undefined;
  if (missing.length === INSTALLED.length) return npmCi('has not been run');
  return npmCi('did not get to its end (' + missing[0] + ' is missing)');
}

function isBelow(folder, file) {
  return file.slice(0, folder.length + 1) === folder + path.sep;
}

/** The package that a module belongs to: "@scope/name/file" and "name/file" begin with its name. */
function packageOf(module) {
  var words = module.split('/');
  return module.charAt(0) === '@' ? words.slice(0, 2).join('/') : words[0];
}

/**
 * @param fault whatever was thrown
 * @returns what to do, when it says that a module of the project's packages is not there; nothing when it is about anything else
 */
function moduleFault(fault) {
  if (fault === null || typeof fault !== 'object' || NOT_FOUND.indexOf(fault.code) === -1) return undefined;
  var asked = fault.requireStack && fault.requireStack[0];
  var named = /^Cannot find (?:module|package) '([^']+)'/.exec(String(fault.message));
  if (named === null || typeof asked !== 'string' || !isBelow(ROOT, asked)) return undefined;
  var inModules = isBelow(path.join(ROOT, 'node_modules'), asked);
  var isFile = named[1].charAt(0) === '.' || path.isAbsolute(named[1]);
  // A file of our own that is not there is no matter of packages.
  if (isFile && !inModules && !isBelow(path.join(ROOT, 'node_modules'), named[1])) return undefined;
  var name = packageOf(named[1]);
  var known = Object.assign(
    {},
    MANIFEST.dependencies,
    MANIFEST.peerDependencies,
    MANIFEST.devDependencies,
    MANIFEST.optionalDependencies,
  );
  // What no part of the project names, "npm ci" would not bring.
  if (!isFile && !inModules && known[name] === undefined && name.indexOf('@cdktf/provider-') !== 0)
    return undefined;
  var from = path.relative(ROOT, asked);
  return npmCi('did not get to its end ("' + named[1] + '" is missing, which ' + from + ' needs)');
}

module.exports = {
  IS_PACKAGE: IS_PACKAGE,
  OLDEST_NODE: OLDEST_NODE,
  moduleFault: moduleFault,
  nodeFault: nodeFault,
  npmCi: npmCi,
  setUpFault: setUpFault,
};
