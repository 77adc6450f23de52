// Copies, link aliases and Live Activities (reference: content-and-centers.md 5, 7). The grades
// stand in docs/compatibility.md.

import {describeCases} from './support/braze-table.mjs';
import {kCases, kDashboard} from './support/cases/copies.mjs';

describeCases('copies and lists', kCases, kDashboard);
