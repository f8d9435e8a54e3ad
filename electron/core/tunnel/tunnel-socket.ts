import { Duplex } from 'node:stream';

/**
 * A stream through a tunnel in the manner of `net.Socket`: made at once, connected later, closed like a socket. That
 * is what pg and Node's HTTP want of a connection. No port is opened on this machine, where others could use it.
 */
export class TunnelSocket extends Duplex {
  readonly #forward: () => Promise<Duplex>;
  #channel: Duplex | null = null;
  #connecting = false;
  #ended = false;
  /** Written before the channel stood. */
  #waiting: (() => void) | null = null;

  constructor(forward: () => Promise<Duplex>) {
    super({ allowHalfOpen: false });
    this.#forward = forward;
  }

  /** Opens the channel; emits 'connect', or 'error' with the `Failure`. The tunnel knows where it leads to. */
  connect(): this {
    if (this.#connecting) return this;
    this.#connecting = true;
    this.#forward().then(
      (channel) => {
        if (this.destroyed) channel.destroy();
        else this.#take(channel);
      },
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
    );
    return this;
  }

  // What a tunnel decides for all of its channels is asked of each socket.
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  #take(channel: Duplex): void {
    this.#channel = channel;
    channel.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause();
    });
    channel.once('end', () => this.#end());
    channel.once('error', (error) => this.destroy(error));
    channel.once('close', () => {
      // What has arrived is still read; whoever has read everything sees the socket close at once.
      if (this.readableLength === 0) this.destroy();
      else this.#end();
    });
    this.emit('connect');
    this.#waiting?.();
    this.#waiting = null;
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.push(null);
  }

  override _read(): void {
    this.#channel?.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const write = () => void this.#channel?.write(chunk, done);
    if (this.#channel === null) this.#waiting = write;
    else write();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#channel?.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#channel?.destroy();
    done(error);
  }
}
