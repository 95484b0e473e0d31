// Printing by a button; the browser's own way does as well.
'use strict';

for (const button of document.querySelectorAll('button[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}
