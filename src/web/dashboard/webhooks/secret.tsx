import type { NewWebhook } from '../../api/webhooks.ts'
import { Panel } from '../parts/panel.tsx'

/** What to write into a TradingView alert; its placeholders are filled in when it fires. */
const tradingViewMessage = `{"symbol": "{{ticker}}", "action": "{{strategy.order.action}}", "time": "{{timenow}}"}`

interface SecretProps {
  readonly made: NewWebhook
  readonly onDone: () => void
}

/** The address of a webhook that was just made, which nobody can show again, and what to send there. */
export function WebhookSecret({ made, onDone }: SecretProps) {
  return (
    <Panel title={`${made.name} is ready`}>
      <div className="space-y-3 border-t border-line px-4 py-3 text-sm">
        <p>
          Copy this now: <strong className="font-semibold">it is shown once.</strong> Whoever has it can send
          signals in your name.
        </p>
        <Copied label="Address" text={`${location.origin}${made.path}`} />
        {made.secret !== null && <Copied label="Secret for signatures" text={made.secret} />}
        {made.kind === 'tradingview' ? (
          <Copied label="Message of the alert" text={tradingViewMessage} />
        ) : (
          <p className="text-muted">
            Post JSON with <code>symbol</code>, <code>action</code> (buy, sell or hold) and, if you like,{' '}
            <code>confidence</code>, <code>stop_loss</code>, <code>take_profit</code>, <code>reasoning</code>.{' '}
            {made.secret === null ? (
              <>
                <code>time</code> says when it was written.
              </>
            ) : (
              <>
                Sign as{' '}
                <a
                  href="https://www.standardwebhooks.com/"
                  target="_blank"
                  rel="noreferrer"
                  className="underline underline-offset-2"
                >
                  Standard Webhooks
                </a>{' '}
                says: libraries exist for most languages.
              </>
            )}
          </p>
        )}
        <p className="text-muted">
          Its signals count for accounts whose sources name <code>webhook</code> or <code>{made.source}</code>
          .
        </p>
        <button
          type="button"
          onClick={onDone}
          className="h-10 rounded-lg border border-line px-3 font-medium hover:bg-raised"
        >
          I have copied it
        </button>
      </div>
    </Panel>
  )
}

function Copied({ label, text }: { label: string; text: string }) {
  return (
    <label className="block">
      <span className="font-medium">{label}</span>
      <input
        readOnly
        value={text}
        onFocus={(event) => event.currentTarget.select()}
        className="mt-1 h-10 w-full rounded-lg border border-line bg-page px-3 font-mono text-xs"
      />
    </label>
  )
}
