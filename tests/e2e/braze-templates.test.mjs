// Content Blocks and e-mail templates (reference: content-and-centers.md 1, 2). The grades stand in
// docs/compatibility.md.

import {describeCases} from './support/braze-table.mjs';
import {kCases, kDashboard} from './support/cases/templates.mjs';

describeCases('what is written once and used often', kCases, kDashboard);
