// The search: pages work without it. The index is a script, because a page of a folder may read no other file.
'use strict';

const MOST_FOUND = 20;
const root = document.currentScript.dataset.root;
const place = document.querySelector('search');
const field = document.getElementById('search');
const found = document.getElementById('found');
const count = document.getElementById('count');
place.hidden = false;

/** Where there is room, the list of pages is open. */
if (matchMedia('(width >= 56rem)').matches) document.querySelector('.pages details').open = true;

let loading;
const index = () =>
  (loading ??= new Promise((done, failed) => {
    const script = document.createElement('script');
    script.src = `${root}assets/search-index.js`;
    script.addEventListener('load', () => done(globalThis.searchIndex));
    script.addEventListener('error', failed);
    document.head.append(script);
  }));

/** How well a section suits the words: none where one is missing; headings count for more than text. */
function weigh(section, words) {
  let sum = 0;
  for (const word of words) {
    const inTitle = section.title.toLowerCase().includes(word);
    const inPage = section.page.toLowerCase().includes(word);
    if (!inTitle && !inPage && !section.lower.includes(word)) return 0;
    sum += 1 + (inTitle ? 8 : 0) + (inPage ? 2 : 0);
  }
  return sum;
}

function excerpt(section, [word = '']) {
  const at = Math.max(0, section.lower.indexOf(word) - 40);
  const text = section.text.slice(at, at + 140);
  return `${at > 0 ? '… ' : ''}${text}${at + 140 < section.text.length ? ' …' : ''}`;
}

function entry(section, words) {
  const link = document.createElement('a');
  link.href = root + section.href;
  const title = document.createElement('strong');
  title.textContent = section.title === section.page ? section.page : `${section.page}: ${section.title}`;
  const text = document.createElement('small');
  text.textContent = excerpt(section, words);
  link.append(title, text);
  const item = document.createElement('li');
  item.append(link);
  return item;
}

async function search() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    found.replaceChildren();
    count.textContent = '';
    return;
  }
  const sections = await index();
  for (const section of sections) section.lower ??= section.text.toLowerCase();
  const hits = sections
    .map((section) => ({ section, weight: weigh(section, words) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  found.replaceChildren(...hits.slice(0, MOST_FOUND).map(({ section }) => entry(section, words)));
  count.textContent = hits.length === 1 ? '1 place' : `${hits.length} places`;
}

field.addEventListener('focus', () => void index(), { once: true });
field.addEventListener('input', () => void search());

/** Arrows go through what was found, Escape leaves it. */
place.addEventListener('keydown', (event) => {
  const links = [...found.querySelectorAll('a')];
  const at = links.indexOf(document.activeElement);
  if (event.key === 'Escape') {
    field.value = '';
    field.focus();
    void search();
  } else if (event.key === 'ArrowDown' && links.length > 0) links[Math.min(at + 1, links.length - 1)].focus();
  else if (event.key === 'ArrowUp' && at >= 0) (links[at - 1] ?? field).focus();
  else if (event.key === 'Enter' && at < 0 && links.length > 0) links[0].click();
  else return;
  event.preventDefault();
});

/** Within a page only the place changes, and the list would stay over it. */
addEventListener('hashchange', () => {
  found.replaceChildren();
  count.textContent = '';
});

addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target.closest('input, textarea')) return;
  event.preventDefault();
  field.focus();
});
