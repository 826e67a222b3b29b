import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer } from './child.ts'

const order = JSON.stringify({
  symbol: 'BTCUSDT',
  orderId: 1,
  orderListId: -1,
  clientOrderId: 'x',
  transactTime: 1_700_000_000_000,
  price: '0.00000000',
  origQty: '0.00100000',
  executedQty: '0.00100000',
  cummulativeQuoteQty: '100.00000000',
  status: 'FILLED',
  timeInForce: 'GTC',
  type: 'MARKET',
  side: 'BUY',
  selfTradePreventionMode: 'NONE',
  fills: [
    { price: '100000.0', qty: '0.00100000', commission: '0.00010000', commissionAsset: 'BNB', tradeId: 1 },
  ],
})

/** Reads each request to its end and gives the one answer. */
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(order)
  })
})
await once(server.listen(0, '127.0.0.1'), 'listening')
const { port } = server.address() as AddressInfo
answer({ url: () => `http://127.0.0.1:${port}` })
