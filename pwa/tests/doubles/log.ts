/** The server's journal, small but real: one person's log with the rules of the exchange. */

import type { Op, OpResult, SyncAnswer, SyncRequest } from '../../src/contract';

export class Log {
  epoch = 'epoch-1';
  /** The newest version of the envelope it takes. */
  proto = 1;
  now = '2026-11-19T12:00:00Z';
  ops: { server_seq: number; op: Op }[] = [];
  /** Enrolled ids; true once removed from the account. */
  devices = new Map<string, boolean>();
  /** Answers that a test wants instead of the usual one, by op id. */
  verdicts = new Map<string, OpResult['status']>();
  requests: SyncRequest[] = [];
  /** Set aside: their numbers are not missing, and they are not asked for again. */
  parked: Op[] = [];

  take(request: SyncRequest): Partial<SyncAnswer> {
    this.requests.push(request);
    const before = this.last();
    const results = request.ops.map((op) => this.judge(op));
    const cursor = request.cursor?.split('.') ?? [];
    const from = cursor[0] === this.epoch ? Number(cursor[1]) : 0;
    return {
      proto: this.proto,
      nonce: request.nonce,
      server_epoch: this.epoch,
      server_now: this.now,
      results,
      ...this.arrived(request.device_id),
      changes: this.ops.filter((row) => row.server_seq > from && row.server_seq <= before && row.op.kind !== 'prompt'),
      more: false,
      cursor: `${this.epoch}.${this.last()}`,
      prompts: [],
    };
  }

  deliver(ops: Op[]): Omit<OpResult, 'server_seq'>[] {
    return ops.map((op) => this.judge(op)).map(({ server_seq: _place, ...told }) => told);
  }

  private last = () => this.ops.at(-1)?.server_seq ?? 0;

  private judge(op: Op): OpResult {
    const answer = { op_id: op.op_id, seq: op.seq };
    const forced = this.verdicts.get(op.op_id);
    if (!this.devices.has(op.device_id)) return { ...answer, status: 'not_yours' };
    if (forced === 'parked') this.parked.push(op);
    if (forced) return { ...answer, status: forced, ...(forced === 'parked' ? { reason: 'too_big' } : {}) };
    const known = this.ops.find((row) => row.op.op_id === op.op_id);
    if (known?.op.mac === op.mac) return { ...answer, status: 'dup', server_seq: known.server_seq };
    if (known) return { ...answer, status: 'conflict' };
    if (this.ops.some((row) => row.op.device_id === op.device_id && row.op.seq === op.seq)) {
      return { ...answer, status: 'fork' };
    }
    const server_seq = this.last() + 1;
    this.ops.push({ server_seq, op });
    if (op.kind === 'withdraw')
      for (const row of this.ops) if (row.op.entity_id === op.entity_id) row.op = { ...row.op, body: '' };
    return { ...answer, status: 'applied', server_seq };
  }

  private arrived(device_id: string): { acked_through: number; holes: number[] } {
    const here = [...this.ops.map((row) => row.op), ...this.parked].filter((op) => op.device_id === device_id);
    const seqs = new Set(here.map((op) => op.seq));
    const top = Math.max(0, ...seqs);
    const holes = Array.from({ length: top }, (_, i) => i + 1).filter((seq) => !seqs.has(seq));
    return { acked_through: (holes[0] ?? top + 1) - 1, holes };
  }
}
