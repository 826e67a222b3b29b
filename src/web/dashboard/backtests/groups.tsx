import { useState } from 'react'
import type { BacktestGroup, WholeBacktest } from '../../api/backtest-answers.ts'
import { Empty } from '../parts/empty.tsx'
import { share } from '../parts/format.ts'
import { Gain } from '../parts/gain.tsx'
import { Panel } from '../parts/panel.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { closeReason, sentence } from '../parts/words.ts'

const tabs = [
  { id: 'symbol', title: 'By symbol' },
  { id: 'reason', title: 'By exit' },
  { id: 'side', title: 'By side' },
  { id: 'skipped', title: 'Not taken' },
] as const
type Tab = (typeof tabs)[number]['id']

/** What a run's trades have in common, and what kept it from more of them. */
export function Groups({ run: { groups, skippedByRule } }: { run: WholeBacktest }) {
  const [tab, setTab] = useState<Tab>('symbol')
  if (!groups) return null
  return (
    <Panel title="Where it came from">
      <Tabs label="Where it came from" tabs={tabs} chosen={tab} onChoose={setTab}>
        {tab === 'symbol' && <GroupTable name="Symbol" rows={groups.bySymbol} />}
        {tab === 'reason' && <GroupTable name="Exit" rows={groups.byReason} words={closeReason} />}
        {tab === 'side' && <GroupTable name="Side" rows={groups.bySide} words={sentence} />}
        {tab === 'skipped' &&
          (skippedByRule.length === 0 ? (
            <Empty title="Every signal was taken">No rule stood in the way of any.</Empty>
          ) : (
            <Table
              caption="Signals that were not taken, by the rule that refused them"
              columns={[
                { id: 'rule', title: 'Rule', cell: ({ rule }) => sentence(rule), phone: 'title' },
                {
                  id: 'count',
                  title: 'Signals',
                  isNumber: true,
                  cell: ({ count }) => count.toLocaleString('en-US'),
                  order: ({ count }) => count,
                },
              ]}
              rows={skippedByRule}
              rowKey={({ rule }) => rule}
            />
          ))}
      </Tabs>
    </Panel>
  )
}

function GroupTable({
  name,
  rows,
  words = (key) => key,
}: {
  name: string
  rows: readonly BacktestGroup[]
  words?: (key: string) => string
}) {
  if (rows.length === 0) return <Empty title="No trade">There is nothing to tell apart.</Empty>
  const columns: Column<BacktestGroup>[] = [
    { id: 'key', title: name, cell: ({ key }) => words(key), order: ({ key }) => key, phone: 'title' },
    {
      id: 'trades',
      title: 'Trades',
      isNumber: true,
      cell: ({ trades }) => trades,
      order: ({ trades }) => trades,
    },
    {
      id: 'won',
      title: 'Won',
      isNumber: true,
      cell: ({ winRate }) => (winRate === null ? '–' : share(winRate)),
      order: ({ winRate }) => winRate ?? -1,
    },
    {
      id: 'factor',
      title: 'Profit factor',
      isNumber: true,
      cell: ({ profitFactor }) => profitFactor?.toFixed(2) ?? '–',
      order: ({ profitFactor }) => profitFactor ?? -1,
    },
    {
      id: 'profit',
      title: 'Profit',
      isNumber: true,
      cell: ({ profit }) => <Gain value={profit.toFixed(2)} />,
      order: ({ profit }) => profit,
    },
  ]
  return (
    <Table
      caption={`Trades by ${name.toLowerCase()}`}
      columns={columns}
      rows={rows}
      rowKey={({ key }) => key}
    />
  )
}
