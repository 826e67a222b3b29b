import { Component, type ReactNode } from 'react'
import { Button } from '../parts/button.tsx'

/** Keeps the frame when a page cannot be shown, as after an update, when its code has another name. */
export class Boundary extends Component<{ readonly children: ReactNode }, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError() {
    return { hasFailed: true }
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children
    return (
      <main className="grid min-h-64 place-items-center px-6 py-16 text-center">
        <div className="max-w-sm" role="alert">
          <h1 className="text-lg font-semibold tracking-tight">This page could not be shown</h1>
          <p className="mt-1 mb-4 text-sm text-muted">
            Bullpen may have been updated since it was opened, or the connection is gone. Trading goes on
            either way.
          </p>
          <Button look="primary" onClick={() => location.reload()}>
            Load it again
          </Button>
        </div>
      </main>
    )
  }
}
