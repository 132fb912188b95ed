import { render } from 'preact';

import { startFeed } from './feed.ts';
import { Shell } from './shell.tsx';

const root = document.querySelector('#page');
if (root) render(<Shell />, root);
startFeed();
