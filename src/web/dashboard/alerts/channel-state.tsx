import { useMutation } from '@tanstack/react-query'
import type { AlertChannelsAnswer } from '../../api/alert-channels.ts'
import { Button } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { CopyField } from '../parts/copy-field.tsx'
import { Failure } from '../parts/failure.tsx'
import { When } from '../parts/moment.tsx'
import { queries, send } from '../shell/api.ts'

type Channel = AlertChannelsAnswer['channels'][number]

const refresh = () =>
  Promise.all(['alert-channels', 'alerts'].map((key) => queries.refetchQueries({ queryKey: [key] })))

/** One channel: whether it is there, whether a message has arrived, and how to make it so. */
export function ChannelState({ channel }: { channel: Channel }) {
  const name = channel.channel === 'email' ? 'Mail' : 'Telegram'
  return (
    <div className="px-4 py-3 text-sm">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-semibold">{name}</span>
        <StateChip channel={channel} />
        {channel.address && <span className="min-w-0 truncate text-muted">{channel.address}</span>}
      </div>
      {!channel.isOffered ? (
        <p className="mt-1 text-muted">
          {channel.channel === 'email'
            ? 'This installation sends no mail: its operator sets SMTP_URL. Until then alerts stay here.'
            : 'This installation has no bot: its operator sets TELEGRAM_BOT_TOKEN.'}
        </p>
      ) : (
        <>
          {channel.refusal && <p className="mt-1 text-down">{channel.refusal}</p>}
          {channel.provenAt && (
            <p className="mt-1 text-xs text-muted">
              A message last arrived <When at={channel.provenAt} />.
            </p>
          )}
          {channel.address === null ? <TelegramLink /> : <Try channel={channel} name={name} />}
        </>
      )}
    </div>
  )
}

function StateChip({ channel }: { channel: Channel }) {
  if (!channel.isOffered) return <Chip tone="plain">not offered</Chip>
  if (channel.address === null) return <Chip tone="plain">not linked</Chip>
  if (channel.refusal !== null) return <Chip tone="down">refuses</Chip>
  return channel.provenAt === null ? <Chip tone="warn">not tried yet</Chip> : <Chip tone="up">works</Chip>
}

function Try({ channel, name }: { channel: Channel; name: string }) {
  const test = useMutation({
    mutationFn: () => send('/alert-channels/test', { channel: channel.channel }),
    onSuccess: () => setTimeout(refresh, 5_000),
  })
  const unlink = () => send('/telegram-link', {}, 'DELETE').then(refresh)
  return (
    <>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button disabled={test.isPending} onClick={() => test.mutate()}>
          Send a test
          <span className="sr-only"> by {name}</span>
        </Button>
        {channel.channel === 'telegram' && (
          <Confirm button="Unlink" title="Unlink Telegram?" action="Unlink" opener="quiet" onConfirm={unlink}>
            The chat gets no more alerts, and its commands are not answered any more.
          </Confirm>
        )}
      </div>
      {test.isSuccess && (
        <p role="status" className="mt-2 text-muted">
          The test is on its way. Once it has arrived, this channel says so.
        </p>
      )}
      {test.error && <Failure error={test.error} />}
    </>
  )
}

function TelegramLink() {
  const make = useMutation({
    mutationFn: () => send<{ code: string; expiresAt: string }>('/telegram-link', {}),
  })
  return (
    <div className="mt-2 space-y-2">
      {make.data ? (
        <>
          <p className="text-muted">
            Open the chat with your bot and send this, within 10 minutes. It links that chat to you, once.
          </p>
          <CopyField label="Send to the bot" text={`/start ${make.data.code}`} />
          <Button look="quiet" onClick={refresh}>
            I have sent it
          </Button>
        </>
      ) : (
        <Button disabled={make.isPending} onClick={() => make.mutate()}>
          Link Telegram
        </Button>
      )}
      {make.error && <Failure error={make.error} />}
    </div>
  )
}
