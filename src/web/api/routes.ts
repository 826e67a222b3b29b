import type { Queue } from 'bullmq'
import type { AlertChannel } from '../../domain/alerts/severity.ts'
import type { Enqueue } from '../../queue/enqueue.ts'
import type { KeyRing } from '../../vault/key-ring.ts'
import {
  checkAccountKey,
  closeOwnAccount,
  patchAccount,
  pauseOwnAccount,
  resumeOwnAccount,
} from './account-changes.ts'
import {
  connectAccount,
  getAccountRequest,
  listAccountRequests,
  replaceAccountKey,
} from './account-requests.ts'
import { getAccount, listAccountPlaces, listAccounts } from './accounts.ts'
import { listAudit } from './admin-audit.ts'
import { closeAnything, listAllHalts, setAnyHalt } from './admin-halts.ts'
import {
  createTelegramCode,
  getAlertChannels,
  putAlertChannels,
  removeTelegramLink,
  testAlertChannel,
} from './alert-channels.ts'
import { acknowledgeAlert, acknowledgeAlerts, countAlerts, listAlerts } from './alerts.ts'
import { listOwnAudit } from './audit.ts'
import { createBacktest, getBacktestOptions } from './backtest-create.ts'
import {
  cancelBacktestRoute,
  deleteBacktest,
  getBacktest,
  getBacktestReport,
  listBacktests,
  listBacktestTrades,
} from './backtests.ts'
import { getCandles } from './candles.ts'
import { closeAll } from './close-all.ts'
import { listDecisions } from './decisions.ts'
import { getEquity } from './equity.ts'
import { listFills } from './fills.ts'
import { listHalts, setHalt } from './halts.ts'
import { createInvitation, listInvitations, removeInvitation } from './invitations.ts'
import { getMe } from './me.ts'
import { getOperations } from './operations.ts'
import { getOrder } from './order-story.ts'
import { listOrders } from './orders.ts'
import { getOverview } from './overview.ts'
import { changePosition } from './position-change.ts'
import { closePosition } from './position-close.ts'
import { getPosition } from './position-detail.ts'
import { listPositions } from './positions.ts'
import type { Route } from './route.ts'
import { getScores } from './scores.ts'
import { changeProfile, getSecurity } from './security.ts'
import { listSessions, removeOtherSessions, removeSession } from './sessions.ts'
import { getSettings, getSettingsForm, patchSettings, putSettings } from './settings.ts'
import { previewSettings } from './settings-preview.ts'
import { getSignalVerdicts } from './signal-verdicts.ts'
import { listSignals } from './signals.ts'
import { listSources } from './sources.ts'
import { getPositionStory, getTradeStory } from './story.ts'
import { createToken, listTokens, removeToken } from './tokens.ts'
import { listTrades } from './trades.ts'
import { exportTrades } from './trades-csv.ts'
import { changeUser, listUsers, removeUserTwoFactor, resetUserPassword, signUserOut } from './users.ts'
import { listWebhookDeliveries } from './webhook-deliveries.ts'
import { createWebhook, endWebhook, listWebhooks } from './webhooks.ts'

/** What some routes are made with. */
export interface RouteParts {
  readonly queues: readonly Queue[]
  /** Seals what is secret. */
  readonly keys: KeyRing
  readonly enqueue: Enqueue
  /** Where this installation can send alerts; nowhere when it is not said. */
  readonly alertChannels?: readonly AlertChannel[]
}

/** Every operation under /api/v1. */
export function apiRoutes({ queues, keys, enqueue, alertChannels = [] }: RouteParts): Route[] {
  return [
    getMe,
    changeProfile,
    getSecurity,
    listSessions,
    removeSession,
    removeOtherSessions,
    listTokens,
    createToken,
    removeToken,
    listUsers,
    changeUser,
    resetUserPassword,
    removeUserTwoFactor,
    signUserOut,
    listInvitations,
    createInvitation,
    removeInvitation,
    getOverview,
    getEquity,
    getCandles,
    listPositions,
    getPosition,
    getPositionStory,
    closePosition,
    changePosition(enqueue),
    listOrders,
    getOrder,
    listFills,
    listTrades,
    exportTrades,
    getTradeStory,
    listDecisions,
    listSignals,
    getScores,
    listWebhooks,
    listWebhookDeliveries,
    createWebhook(keys),
    endWebhook,
    listHalts,
    setHalt,
    closeAll,
    listOwnAudit,
    listAlerts,
    countAlerts,
    acknowledgeAlert,
    acknowledgeAlerts,
    getAlertChannels(alertChannels),
    putAlertChannels(alertChannels),
    testAlertChannel(alertChannels),
    createTelegramCode(alertChannels),
    removeTelegramLink,
    getOperations(queues),
    getBacktestOptions,
    listBacktests,
    createBacktest(enqueue),
    getBacktest,
    listBacktestTrades,
    getBacktestReport,
    cancelBacktestRoute,
    deleteBacktest,
    listAllHalts,
    setAnyHalt,
    closeAnything,
    listAudit,
    listAccounts,
    listAccountPlaces,
    listAccountRequests,
    getAccountRequest,
    connectAccount({ keys, enqueue }),
    getAccount,
    patchAccount,
    pauseOwnAccount,
    resumeOwnAccount(enqueue),
    closeOwnAccount,
    checkAccountKey(enqueue),
    replaceAccountKey({ keys, enqueue }),
    getSettings,
    putSettings,
    patchSettings,
    getSettingsForm,
    previewSettings,
    listSources,
    getSignalVerdicts,
  ]
}
