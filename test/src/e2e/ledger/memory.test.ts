import { memoryLedger } from './scenarioLedger.fixture.ts';
import { ledgerScenarios } from './scenarios.fixture.ts';

ledgerScenarios('the in-memory ledger', memoryLedger);
