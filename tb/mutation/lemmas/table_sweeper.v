// at spike_encoder; given step_scheduler
// Images lie in both buffers in turn: when one of buffer 0 is over, both have had equally many.
wire never = seconds[0] && m_sweep_epoch0 != m_sweep_epoch1;
