document.getElementById('script').textContent = 'its own script runs';
