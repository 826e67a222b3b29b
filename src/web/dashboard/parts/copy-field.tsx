import { useState } from 'react'
import { Button } from './button.tsx'
import { Field, inputLook } from './field.tsx'

/** A text that is to be taken elsewhere whole. */
export function CopyField({ label, text }: { label: string; text: string }) {
  const [isCopied, setCopied] = useState(false)
  // Browsers give it to pages on https and this machine alone; elsewhere the text is marked and copied by hand.
  const canCopy = navigator.clipboard !== undefined
  return (
    <Field label={label}>
      {(ties) => (
        <span className="flex gap-2">
          <input
            {...ties}
            readOnly
            value={text}
            onFocus={(event) => event.currentTarget.select()}
            className={`${inputLook} min-w-0 font-mono`}
          />
          {canCopy && (
            <Button onClick={() => navigator.clipboard.writeText(text).then(() => setCopied(true))}>
              {isCopied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </span>
      )}
    </Field>
  )
}
