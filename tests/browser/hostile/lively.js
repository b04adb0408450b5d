document.querySelector("h1").textContent = "After its script ran";
