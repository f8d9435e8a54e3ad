import type { Channel } from '../../../shared/model/alert-channel.ts';
import type { AlertLedger } from '../alerts/ledger.ts';

export interface AlertStore {
  /** As they were saved; the desktop's own is there only where somebody changed it. */
  channels(): Promise<Channel[]>;
  saveChannel(channel: Channel): Promise<void>;
  removeChannel(channelId: string): Promise<void>;
  /** Takes episodes away as if they had never been. */
  drop(serverId: string, episodeIds: readonly string[]): Promise<void>;
  /** Episodes of one server that only this profile knows of. Times are on this machine's clock. */
  ledger(serverId: string): AlertLedger;
}
