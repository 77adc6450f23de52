// The Global Control Group, and what was seen of attributes and events (reference:
// content-and-centers.md 8, 9). The grades stand in docs/compatibility.md.

import {describeCases} from './support/braze-table.mjs';
import {kCases, kDashboard} from './support/cases/seen.mjs';

describeCases('who is held back, and what was seen', kCases, kDashboard);
